"""A report: what is kept in a table, under which name, and what tells rows apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from ..constants import Level
from ..errors import UsageError
from ..models import Row
from ..output.json import json_text
from .account_total import filters_objects
from .query import InsightsQuery, insights_query

DAYS: Final = 28  # the longest attribution window that Meta has had
_MOST_DAYS: Final = 1100  # Meta keeps 37 months
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._,+-]{0,62}")
# Whichever the fields, the rows are the same ones; the dates are each row's own.
_NOT_IN_ID: Final = frozenset(
    ("fields", "date_preset", "relative", "time_range", "sort", "order", "limit")
)
_LISTS: Final = frozenset(
    ("breakdowns", "action_breakdowns", "action_attribution_windows")
)
_LONGEST_IN_KEY: Final = 200  # characters: PostgreSQL indexes no more than 2,700 bytes
_OPTIONS: Final = (
    "level",
    "fields",
    "breakdowns",
    "action_breakdowns",
    "action_attribution_windows",
    "filtering",
    "increment",
)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """
    What is kept: `query` for every day from `since` on.

    Without `since` a first sync reads the last 28 days. The last `days` days are read
    again each time, because Meta still attributes results to them.
    """

    name: str
    query: InsightsQuery
    since: date | None = None
    days: int = DAYS

    @property
    def id(self) -> str:
        """
        Return the same id for the same rows, whatever the fields and the name.

        Only what differs from the default is in it, so that an option which is new in
        a later version changes no id.
        """
        query = msgspec.to_builtins(self.query)
        usual = msgspec.to_builtins(InsightsQuery())
        said = {
            name: sorted(value) if name in _LISTS else value
            for name, value in query.items()
            if name not in _NOT_IN_ID and value != usual[name]
        }
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def report(
    name: str | None = None,
    *,
    since: date | str | None = None,
    days: int = DAYS,
    query: InsightsQuery | None = None,
) -> Report:
    """
    Return the report of *query*, whose dates do not count.

    Raises UsageError for what no table can keep.
    """
    query = query or InsightsQuery()
    if query.time_increment == "all_days":
        raise UsageError(
            "A table is made of days, weeks or months: all_days cannot be kept.",
            hint="Give an increment of 1 to 90, or monthly.",
        )
    if name is not None and not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be the name of a report.")
    if days not in range(1, _MOST_DAYS):
        raise UsageError(f"Days to read again are 1 to {_MOST_DAYS - 1}, not {days}.")
    if query.limit is not None:
        raise UsageError("A table has every row: a limit cannot be kept.")
    if query.sort or query.order:
        raise UsageError("The rows of a table have no order: leave out the sort.")
    if not filters_objects(query):
        raise UsageError(
            "Meta chooses rows by their numbers over all days that are asked for, and "
            "a sync asks for others each time: such a filter cannot be kept.",
            hint="Keep every row, and filter in SQL:  where spend > 5",
        )
    query = replace(query, relative=None, time_range=None)
    return Report(
        name=name or _name_of(query), query=query, since=_day(since), days=days
    )


def reports_in(table: Mapping[str, Any]) -> list[Report]:
    """
    Return the reports of a ``[reports]`` table, by name. Raises UsageError.

        [reports.ads]
        level = "ad"
        fields = ["spend", "purchases"]
        breakdowns = ["age", "gender"]
        since = 2026-01-01
    """
    found = [_report_in(name, entry) for name, entry in table.items()]
    require_different(found)
    return found


def require_different(reports: Sequence[Report]) -> None:
    """Raise UsageError where two reports would replace each other's rows."""
    by_id: dict[str, Report] = {}
    for each in reports:
        other = by_id.setdefault(each.id, each)
        if other is not each:
            raise UsageError(
                f"The reports {other.name!r} and {each.name!r} are of the same rows.",
                hint="Make them one, with the fields of both.",
            )


def _report_in(name: str, entry: object) -> Report:
    if not isinstance(entry, Mapping):
        raise UsageError(f"The report {name!r} is no table: write [reports.{name}].")
    known = {*_OPTIONS, "since", "days"}
    for key in entry:
        if key not in known:
            raise UsageError(
                f"The report {name!r} has an unknown key {key!r}.",
                hint=f"The keys are: {', '.join(sorted(known))}.",
            )
    options = {key: entry[key] for key in _OPTIONS if key in entry}
    if "increment" in options:
        options["time_increment"] = str(options.pop("increment"))
    days = entry.get("days", DAYS)
    if not isinstance(days, int) or isinstance(days, bool):
        raise UsageError(f"The report {name!r} has days that are no number.")
    try:
        query = insights_query(**options)
    except (TypeError, AttributeError):
        raise UsageError(f"The report {name!r} has a value of a wrong type.") from None
    return report(name, query=query, since=entry.get("since"), days=days)


def _day(since: object) -> date | None:
    # A datetime is a date, too.
    if since is None or type(since) is date:
        return since
    if isinstance(since, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", since):
        with suppress(ValueError):
            return date.fromisoformat(since)
    raise UsageError(f"{str(since)!r} is not a date like 2026-11-23.")


def _name_of(query: InsightsQuery) -> str:
    """Return a name that says what *query* asks: ``ad by age,gender``."""
    parts = [query.level.value]
    if query.breakdowns:
        parts.append("by " + ",".join(query.breakdowns))
    if query.time_increment != "1":
        parts.append(f"per {query.time_increment}".replace("per monthly", "monthly"))
    return " ".join(parts)[:63]


def entity_id(query: InsightsQuery, row: Row, account_id: str) -> str:
    """Return the id of what *row* is about: an ad, a campaign, the ad account."""
    if query.level is Level.account:
        return account_id
    return str(row.get(f"{query.level.value}_id") or "")


def breakdown_key(query: InsightsQuery, row: Row) -> str:
    """
    Return what tells rows of one object and day apart, as JSON in sorted order.

    An asset counts by its id, and a very long text by its SHA-256.
    """
    if not query.breakdowns:
        return "{}"
    values = {name: _key_value(row.get(name)) for name in sorted(query.breakdowns)}
    return json_text(values).decode()


def _key_value(value: object) -> object:
    if isinstance(value, Mapping) and value.get("id") is not None:
        return str(value["id"])
    if isinstance(value, (Mapping, list)):
        value = json.dumps(value, sort_keys=True, default=str)
    if isinstance(value, str) and len(value) > _LONGEST_IN_KEY:
        return f"sha256:{sha256(value.encode(errors='replace')).hexdigest()}"
    return value
