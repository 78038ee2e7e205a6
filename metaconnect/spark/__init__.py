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
from datetime import UTC, datetime
from typing import cast

import pyarrow as pa
from msgspec.structs import replace
from pyspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    Filter,
    InputPartition,
)
from pyspark.sql.types import StructType

from ..blocking import Metaconnect
from ..flows.insights import InsightsRequest
from ..flows.insights_many import label, labelled_columns
from .columns import record_batch, spark_schema
from .plan import Bounds, Options, Part, options_of, parts_of

__all__ = ["MetaInsights"]


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
