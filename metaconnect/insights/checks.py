"""
What Meta would refuse, or answer with a false number, said before it is asked.

A name that is not known here may be newer than this program: it is refused only
where it is plainly a known one misspelt. Rules of which Meta leaves doubt are
notes instead (`notes.query_notes`).
https://developers.facebook.com/docs/marketing-api/insights/breakdowns
"""

from __future__ import annotations

from collections.abc import Iterable

from ..constants import FieldKind
from ..errors import UsageError
from .breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS, HOURLY
from .fields import FIELDS, REMOVED, REPLACED, kind_of
from .names import misspelt
from .picks import PLAIN, pick_of
from .query import InsightsQuery

_NEEDS_PLATFORM = "platform_position"
_NO_PEOPLE_BY_HOUR = frozenset(("frequency", "cpp", "unique_ctr"))


def check(query: InsightsQuery) -> None:
    """Raise UsageError for what Meta surely refuses of *query*."""
    sorted_by = [order.column for order in query.order]
    for name in (*query.fields, *sorted_by):
        _check_field(name, query)
    for name in query.breakdowns:
        _check_breakdown(name)
    for name in query.action_breakdowns:
        _check_known("action breakdown", name, ACTION_BREAKDOWNS)
    _check_together(query)
    _check_actions(query, sorted_by)


def _check_field(name: str, query: InsightsQuery) -> None:
    if name in query.breakdowns or pick_of(name):
        return
    if name in REPLACED:
        raise UsageError(
            f"Meta's Insights have no field {name}.",
            hint=f"Ask for {REPLACED[name]} instead.",
        )
    if name in REMOVED:
        raise UsageError(
            f"Meta has removed the field {name}.", hint=f"Leave out {name}."
        )
    if name in FIELDS:
        return
    if name in BREAKDOWNS or name in ACTION_BREAKDOWNS:
        option = "action-breakdown" if name in ACTION_BREAKDOWNS else "breakdown"
        raise UsageError(
            f"{name} is a breakdown, not a field.", hint=f"Use --{option} {name}."
        )
    _check_known("field", name, [f for f in FIELDS if f not in REMOVED] + [*PLAIN])


def _check_breakdown(name: str) -> None:
    instead = REPLACED.get(name, "")
    if instead.startswith("the breakdown"):
        raise UsageError(
            f"Meta's Insights have no breakdown {name}.",
            hint=f"Ask for {instead} instead.",
        )
    if name in ACTION_BREAKDOWNS and name not in BREAKDOWNS:
        raise UsageError(
            f"{name} breaks down actions, not rows.",
            hint=f"Use --action-breakdown {name}.",
        )
    _check_known("breakdown", name, BREAKDOWNS)


def _check_known(what: str, name: str, known: Iterable[str]) -> None:
    known = list(known)
    if name in known:
        return
    if close := misspelt(name, known):
        article = "an" if what[0] in "aeiou" else "a"
        raise UsageError(
            f"{name!r} is not {article} {what} of Meta's. Did you mean {close}?"
        )


def _check_together(query: InsightsQuery) -> None:
    names = query.breakdowns
    if _NEEDS_PLATFORM in names and "publisher_platform" not in names:
        raise UsageError(
            "Meta breaks down by platform_position only together with "
            "publisher_platform.",
            hint="Break down by publisher_platform and platform_position.",
        )
    hourly = [name for name in names if name in HOURLY]
    if len(hourly) > 1:
        raise UsageError(
            "Rows are by the hours of one time zone, not of two.",
            hint=f"Leave out {hourly[1]}.",
        )
    wrong = [f for f in query.fields if hourly and not _is_hourly(f)]
    if wrong:
        raise UsageError(
            f"Meta has no {', '.join(wrong)} by the hour.",
            hint=f"Leave out {', '.join(wrong)}, or {hourly[0]}.",
        )


def _is_hourly(field: str) -> bool:
    """Return whether Meta has *field* by the hour: people and videos it does not."""
    pick = pick_of(field)
    name = pick.source if pick else field
    kind = kind_of(name)
    counts_people = kind in (FieldKind.UNIQUE_COUNT, FieldKind.UNIQUE_ACTIONS)
    return not (
        counts_people
        or name in _NO_PEOPLE_BY_HOUR
        or "unique" in name
        or name.startswith("video_")
    )


def _check_actions(query: InsightsQuery, sorted_by: Iterable[str]) -> None:
    if not query.splits_actions:
        return
    for name in (*query.fields, *sorted_by):
        if pick := pick_of(name):
            raise UsageError(
                f"{name} is one number of an action type, and action_breakdowns "
                "split it.",
                hint=f"Ask for {pick.source} instead, or leave out action_breakdowns.",
            )
    if not any(kind_of(name).is_actions for name in query.fields):
        raise UsageError(
            "Action breakdowns need a field with actions to break down.",
            hint="Ask for actions, too.",
        )
