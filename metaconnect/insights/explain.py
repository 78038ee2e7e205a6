"""What the numbers of an answer are, in plain lines: `--explain`."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from ..constants import META_GRAPH_URL
from ..models import TimeRange
from .notes import SETTLED_DAYS
from .picks import Pick, pick_of
from .query import InsightsQuery
from .schema import TIMEZONE, column_names

Counted = Mapping[str, Mapping[str, int]]

_DEFAULT_ATTRIBUTION: Final = (
    "the setting of each ad set (Meta's default is 7d_click and 1d_view)"
)
_FIRST_ENTRY: Final = "the first one there is"


class ReadFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a read beside its query; None where it is not known."""

    path: str
    params: Mapping[str, object]
    version: str
    today: date
    graph_url: str = META_GRAPH_URL
    dates: TimeRange | None = None
    timezone_name: str | None = None
    attribution: str | None = None
    currency: str | None = None


def explain(
    query: InsightsQuery, facts: ReadFacts, counted: Counted | None = None
) -> list[str]:
    """
    Return what the numbers that answer *query* are, one line each.

    *counted* is what `counted_as` found in the rows; without rows, the order in
    which action types are looked for is said.
    """
    return [
        f"Days: {_days(query, facts)}",
        f"Rows: {_rows(query)}",
        f"Attribution: {_attribution(query, facts)}",
        *([f"Money: {facts.currency}"] if facts.currency else []),
        *_columns(query, counted or {}),
        f"May still change: {_unsettled(facts)}",
        f"Request:  {curl_line(facts)}",
    ]


def explain_fields(query: InsightsQuery) -> tuple[str, ...]:
    """Return the fields to read along, so that `counted_as` can say what counted."""
    picks = (pick_of(name) for name in query.fields)
    return tuple(dict.fromkeys(pick.source for pick in picks if pick))


def counted_as(
    query: InsightsQuery, rows: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, int]]:
    """
    Return for each column of one action type which types counted in how many rows.

    *rows* are Meta's, or in normal form with `explain_fields` read along.
    """
    picks = {name: pick for name in query.fields if (pick := pick_of(name))}
    counts: dict[str, Counter[str]] = {name: Counter() for name in picks}
    for row in rows:
        for name, pick in picks.items():
            if (action_type := _type_of(pick, row.get(pick.source))) is not None:
                counts[name][action_type] += 1
    return {name: dict(found) for name, found in counts.items()}


def curl_line(facts: ReadFacts) -> str:
    """Return the request as one line for the shell, with $TOKEN for the token."""
    url = f"{facts.graph_url}/{facts.version}{facts.path}"
    params = (f"{name}={_text(value)}" for name, value in facts.params.items())
    words = (f"--data-urlencode {shlex.quote(param)}" for param in params)
    bearer = '-H "Authorization: Bearer $TOKEN"'
    return " ".join(("curl -G", shlex.quote(url), bearer, *words))


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _days(query: InsightsQuery, facts: ReadFacts) -> str:
    zone = facts.timezone_name or "the ad account's time zone"
    if facts.dates is None:
        return f"{query.date_preset}, in {zone}"
    since, until = facts.dates.since, facts.dates.until
    said = f"{since}" if since == until else f"{since} to {until}"
    partly = ", which is not over yet" if until >= facts.today else ""
    return f"{said}{partly}, in {zone}"


def _rows(query: InsightsQuery) -> str:
    spans = {"1": "day", "7": "seven days", "monthly": "calendar month"}
    spans["all_days"] = "the whole range"
    span = spans.get(query.time_increment, f"{query.time_increment} days")
    per = [f"per {query.level}", f"for each {span}" if span[:3] != "the" else span]
    if query.breakdowns:
        per.append(f"by {', '.join(query.breakdowns)}")
    if query.filtering:
        listed = "; ".join(
            f"{f.field} {f.operator} {_text(f.value)}" for f in query.filtering
        )
        per.append(f"where {listed}")
    return f"one {', '.join(per)}"


def _attribution(query: InsightsQuery, facts: ReadFacts) -> str:
    if query.action_attribution_windows:
        return f"{', '.join(query.action_attribution_windows)}, as asked for"
    return facts.attribution or _DEFAULT_ATTRIBUTION


def _columns(query: InsightsQuery, counted: Counted) -> Iterator[str]:
    for name in query.fields:
        if pick := pick_of(name):
            yield f"{name}: {_counted(pick, counted.get(name))}"
    if TIMEZONE in column_names(query):
        yield f"{TIMEZONE}: of the ad account"


def _counted(pick: Pick, counted: Mapping[str, int] | None) -> str:
    window = "" if pick.window == "value" else f" within {pick.window}"
    if counted:
        types = ", ".join(f"{t} ({_in_rows(n)})" for t, n in counted.items())
        return f"{types} of {pick.source}{window}"
    order = [*pick.types, *([_FIRST_ENTRY] if pick.or_first else [])]
    first = "the first of " if len(order) > 1 else ""
    nothing = "none was there; " if counted is not None else ""
    return f"{nothing}{first}{', '.join(order)} of {pick.source}{window}"


def _in_rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"


def _unsettled(facts: ReadFacts) -> str:
    first = facts.today - timedelta(days=SETTLED_DAYS - 1)
    if facts.dates is None:
        return f"days from {first} on, for {SETTLED_DAYS} days each"
    if facts.dates.until < first:
        return f"nothing: every day is more than {SETTLED_DAYS} days ago"
    return (
        f"{max(first, facts.dates.since)} to {facts.dates.until}, each day for "
        f"{SETTLED_DAYS} days"
    )


def _type_of(pick: Pick, value: object) -> str | None:
    """Return the action type of *value* that *pick* takes, if there is one."""
    types = _types(value)
    for action_type in pick.types:
        if action_type in types:
            return action_type
    return types[0] if pick.or_first and types else None


def _types(value: object) -> Sequence[str]:
    if isinstance(value, Mapping):
        return [*value]
    entries = value if isinstance(value, list) else []
    return [
        e["action_type"] for e in entries if isinstance(e, dict) and "action_type" in e
    ]
