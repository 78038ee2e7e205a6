"""
Insights as a data source of Spark, for what outgrows one machine.

    from metaconnect.spark import MetaInsights

    spark.dataSource.register(MetaInsights)
    rows = (
        spark.read.format("meta_insights")
        .option("level", "ad")
        .option("since", "2026-01-01")
        .load()
    )

The options are `clients`, `all_accounts`, `partitions`, and those of a query in the
words of `metaconnect.insights.query.InsightsOptions`, without its `sort` and `limit`;
lists have commas in them. The token is none of them: the driver and each worker read
their own settings, and ask the store for the client's.
https://spark.apache.org/docs/latest/api/python/tutorial/sql/python_data_source.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

import pyarrow as pa
from msgspec.structs import replace
from pyspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    InputPartition,
    LessThan,
    LessThanOrEqual,
)
from pyspark.sql.types import (
    DataType,
    DateType,
    DecimalType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from .blocking import Metaconnect
from .constants import Storage
from .errors import UsageError
from .flows.insights import InsightsRequest
from .flows.insights_many import CLIENT, label, labelled_columns
from .insights.dates import date_range, dated, today_in
from .insights.query import InsightsOptions, InsightsQuery, insights_query
from .insights.windows import may_split, stretches
from .models import Column, Row, TimeRange
from .output.json import json_text
from .output.text import well_formed
from .warehouse.scale import DIGITS, SCALE

DATES: Final = ("date_start", "date_stop")
# What has none of these is text, or JSON.
_SPARK_TYPES: Final[Mapping[Storage, DataType]] = {
    Storage.DATE: DateType(),
    Storage.COUNT: LongType(),
    Storage.DECIMAL: DecimalType(DIGITS, SCALE),
}
_ARROW_TYPES: Final[Mapping[Storage, pa.DataType]] = {
    Storage.DATE: pa.date32(),
    Storage.COUNT: pa.int64(),
    Storage.DECIMAL: pa.decimal128(DIGITS, SCALE),
}
# A partition costs 0.3 s before its first row.
_SHORTEST: Final = 30  # days
_PARTITIONS: Final = 16
_DAY: Final = timedelta(days=1)
# Each worker has a part of the rows.
_SPARKS_OWN: Final = frozenset(("sort", "limit"))
_QUERY: Final = frozenset(InsightsOptions.__annotations__) - _SPARKS_OWN | {
    "date_preset"
}
_OWN: Final = frozenset(("clients", "all_accounts", "partitions"))


class Options(NamedTuple):
    """What `.option(…)` said."""

    query: InsightsQuery
    clients: tuple[str, ...] | None
    all_accounts: bool
    partitions: int


class Part(NamedTuple):
    """
    What a worker reads at a time; it looks the token up by the client.

    `timezone_name` is the ad account's, None where it is not known.
    """

    client_id: str
    ad_account_id: str
    timezone_name: str | None
    window: TimeRange


class InsightsPartition(InputPartition):
    """Some parts, which one worker reads one after the other."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(None)
        self.parts = tuple(parts)


class MetaInsights(DataSource):
    """The data source; its name is `meta_insights`."""

    @classmethod
    def name(cls) -> str:
        return "meta_insights"

    def schema(self) -> StructType:
        """Return the columns, which the query alone decides."""
        return spark_schema(labelled_columns(options_of(self.options).query))

    def reader(self, schema: StructType) -> InsightsReader:
        return InsightsReader(schema, dict(self.options))


class InsightsReader(DataSourceReader):
    """Plans the parts in the driver, and reads them in the workers."""

    def __init__(self, schema: StructType, options: Mapping[str, str]) -> None:
        self.schema = schema
        self.options = dict(options)
        self._bounds = Bounds()

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:  # noqa: N802
        """Keep the bounds that *filters* put on clients and dates; Spark checks all."""
        for each in filters:
            self._bounds = self._bounds.narrowed(each)
        return filters

    def partitions(self) -> Sequence[InputPartition]:
        asked = options_of(self.options)
        with Metaconnect() as meta:
            parts = [
                part
                for request in _requests(meta, asked, self._bounds)
                for part in parts_of(request, self._bounds, datetime.now(UTC))
            ]
        return [
            InsightsPartition(parts[place :: asked.partitions])
            for place in range(min(asked.partitions, len(parts)))
        ] or [InsightsPartition(())]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one partition; runs in a worker."""
        query = options_of(self.options).query
        columns = labelled_columns(query)
        parts = cast("InsightsPartition", partition).parts
        with Metaconnect() as meta:
            meta.share_limits()
            for part in parts:
                request = InsightsRequest(
                    connection=replace(
                        meta.connection(part.client_id),
                        ad_account_id=part.ad_account_id,
                        timezone_name=part.timezone_name,
                    ),
                    ad_account_id=part.ad_account_id,
                    query=query,
                    window=part.window,
                )
                for page in meta.pages(request):
                    if page:
                        yield record_batch(columns, label(request, page))


class Bounds(NamedTuple):
    """What rows are limited to, as filters said; None where they are not."""

    clients: frozenset[str] | None = None
    # By column of dates: the first and the last day that it may have.
    first: Mapping[str, date] = {}
    last: Mapping[str, date] = {}

    def narrowed(self, condition: Filter) -> Bounds:
        """Return the bounds with *condition*, where it is of a client or a date."""
        name, value = _compared(condition)
        if name == CLIENT and isinstance(condition, (EqualTo, In)):
            values = value if isinstance(condition, In) else (value,)
            clients = frozenset(map(str, values))
            return self._replace(clients=clients & (self.clients or clients))
        if name not in DATES or (day := _day(value)) is None:
            return self
        bounds = self
        if isinstance(condition, (EqualTo, GreaterThan, GreaterThanOrEqual)):
            known = self.first.get(name, day)
            bounds = bounds._replace(first={**self.first, name: max(day, known)})
        if isinstance(condition, (EqualTo, LessThan, LessThanOrEqual)):
            known = self.last.get(name, day)
            bounds = bounds._replace(last={**self.last, name: min(day, known)})
        return bounds

    def may_hold(self, unit: TimeRange) -> bool:
        """Whether a row of these dates may be wanted."""
        dates = {DATES[0]: unit.since, DATES[1]: unit.until}
        return all(
            self.first.get(name, day) <= day <= self.last.get(name, day)
            for name, day in dates.items()
        )


def options_of(given: Mapping[str, str]) -> Options:
    """Return what *given*, Spark's options, ask. Raises UsageError."""
    options = {name.lower(): value for name, value in given.items()}
    options.pop("path", None)
    if wrong := options.keys() & _SPARKS_OWN:
        raise UsageError(
            f"meta_insights has no option {', '.join(sorted(wrong))}: Spark sorts and "
            "limits what it has loaded.",
            hint="Call .sort(…) or .limit(…) on the data frame.",
        )
    if unknown := options.keys() - _QUERY - _OWN:
        raise UsageError(
            f"meta_insights has no option {', '.join(sorted(unknown))}.",
            hint=f"It has: {', '.join(sorted(_QUERY | _OWN))}.",
        )
    clients = options.pop("clients", None)
    all_accounts = options.pop("all_accounts", "false").lower() == "true"
    partitions = options.pop("partitions", str(_PARTITIONS))
    if not partitions.isdecimal() or int(partitions) < 1:
        raise UsageError(f"partitions is a number of at least 1, not {partitions!r}.")
    named = clients and tuple(name.strip() for name in clients.split(","))
    return Options(
        query=insights_query(**cast("InsightsOptions", options)),
        clients=named or None,
        all_accounts=all_accounts,
        partitions=int(partitions),
    )


def parts_of(request: InsightsRequest, bounds: Bounds, now: datetime) -> list[Part]:
    """
    Return the windows to read: whole units of the query, a month or more each, and all
    days in one where Meta chooses rows by their numbers. None begins after today: Meta
    would refuse it.

    Raises UsageError where the dates cannot be known, or asked for.
    """
    zone = request.timezone_name
    query = dated(request.query, zone, now)
    days = date_range(query, timezone_name=zone, now=now)
    if days is None:
        raise UsageError(
            f"The days of {query.date_preset} are not known for client "
            f"{request.connection.client_id!r}.",
            hint="Give the options since and until.",
        )
    wanted = list(_wanted(query, days, bounds))
    if wanted and not may_split(query):
        windows = [days]
    else:
        windows = [
            part for each in wanted for part in stretches(query, each, _SHORTEST)
        ]
    client_id, last = request.connection.client_id, today_in(zone, now) or days.until
    return [
        Part(client_id, request.ad_account_id, zone, window)
        for window in windows
        if window.since <= last
    ]


def _wanted(
    query: InsightsQuery, days: TimeRange, bounds: Bounds
) -> Iterator[TimeRange]:
    """Yield the stretches of whole units of *query* in which a row may be wanted."""
    begun: TimeRange | None = None
    for unit in stretches(query, days, 1):
        if bounds.may_hold(unit):
            begun = TimeRange(since=(begun or unit).since, until=unit.until)
        elif begun:
            yield begun
            begun = None
    if begun:
        yield begun


def spark_schema(columns: Iterable[Column]) -> StructType:
    """Return the types of *columns* in Spark; rows of objects are JSON."""
    return StructType(
        [
            StructField(c.name, _SPARK_TYPES.get(c.kind.storage, StringType()))
            for c in columns
        ]
    )


def record_batch(columns: Sequence[Column], rows: Sequence[Row]) -> pa.RecordBatch:
    """
    Return *rows* as Arrow has them, with all of Meta's digits.

    Raises UsageError for a number that does not fit its column.
    """

    def array(column: Column) -> pa.Array:
        storage = column.kind.storage
        try:
            values = [_value(storage, row.get(column.name)) for row in rows]
            return pa.array(values, type=_ARROW_TYPES.get(storage, pa.string()))
        except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
            raise UsageError(
                f"{column.name} does not fit its column: {error}.",
                hint="Leave it out, or read it without Spark.",
            ) from None

    arrays = [array(column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, names=[c.name for c in columns])


def _requests(
    meta: Metaconnect, asked: Options, bounds: Bounds
) -> Iterator[InsightsRequest]:
    targets = meta.insights_requests(
        asked.query, asked.clients, all_accounts=asked.all_accounts
    )
    for failure in targets.failures:
        raise failure.error  # a data frame is whole, or it is not there
    for request in targets.requests:
        if bounds.clients is None or request.connection.client_id in bounds.clients:
            yield request


def _compared(condition: Filter) -> tuple[str, Any]:
    attribute = getattr(condition, "attribute", ("",))
    value = getattr(condition, "value", None)
    return attribute[0], value


def _day(value: object) -> date | None:
    """Return the date that *value* is: Sail has the number of days since 1970."""
    if isinstance(value, int):
        return date(1970, 1, 1) + value * _DAY
    return value if isinstance(value, date) else None


def _value(storage: Storage, value: object) -> object:
    if value is None:
        return None
    if storage is Storage.DATE:
        return date.fromisoformat(str(value))
    if storage is Storage.COUNT and not isinstance(value, int):
        raise ValueError(f"{value} is no whole number")  # Arrow would cut it
    if storage in _ARROW_TYPES:
        return value
    return well_formed(value) if isinstance(value, str) else json_text(value).decode()
