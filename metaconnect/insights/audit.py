"""
Whether the rows of an ad account agree with one another, and what explains it if not.

The account in one row is the truth: it has what deleted objects spent, and counts
people once. Its days, its campaigns, ad sets and ads, and the rows of a breakdown
must each add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from ..constants import Level
from ..models import Row
from .breakdown_limits import cause_of
from .findings import Cause, Finding, Part
from .gaps import SPEND, Gap, Gaps, Number, amounts, gaps, total

DAYS: Final = "days"
REACH: Final = "reach"
ATTRIBUTION: Final = "attribution_setting"
LEVELS: Final = (Level.campaign, Level.adset, Level.ad)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """
    The rows of an ad account and a period.

    `whole` is the account in one row (none where nothing was delivered), `days` the
    account day by day; all others are of all days. `gone` are the archived and deleted
    ads, read where levels lack something.
    """

    whole: Sequence[Row]
    days: Sequence[Row]
    levels: Mapping[Level, Sequence[Row]]
    breakdowns: Mapping[str, Sequence[Row]]
    gone: Sequence[Row] = ()


def lacks_objects(evidence: Evidence) -> bool:
    """Return whether any level lacks something that deleted objects may have."""
    return any(
        gap.missing > 0
        for rows in evidence.levels.values()
        for gap in gaps(evidence.whole, rows).beyond
    )


def findings(evidence: Evidence) -> list[Finding]:
    """Return what each check found: at least one finding of each."""
    whole = evidence.whole
    found = _or_agrees(DAYS, _plain(DAYS, gaps(whole, evidence.days)))
    for level in evidence.levels:
        found += _or_agrees(level, _of_level(level, evidence))
    for names, rows in evidence.breakdowns.items():
        found += _or_agrees(names, _of_breakdown(names, evidence, rows))
    return [*found, *_of_reach(evidence)]


def dated(
    finding: Finding,
    whole_by_day: Sequence[Row],
    rows_by_day: Sequence[Row],
    today: date | None,
) -> Finding:
    """
    Return *finding*, which nothing explains, with the days on which it is missing.

    Where that is *today* alone, which is still going on, this explains it.
    """
    whole, rows = _by_day(whole_by_day), _by_day(rows_by_day)
    metrics = {gap.metric: gap.missing > 0 for gap in finding.gaps}
    days = [
        day
        for day in sorted({*whole, *rows})
        if any(
            metrics.get(gap.metric) is (gap.missing > 0)
            for gap in gaps(whole.get(day, ()), rows.get(day, ())).beyond
        )
    ]
    return replace(
        finding,
        days=tuple(map(date.fromisoformat, days)),
        empty_days=tuple(date.fromisoformat(day) for day in days if day not in rows),
        cause=Cause.TODAY if today and days == [today.isoformat()] else None,
    )


def gone_of(level: Level, rows: Iterable[Row], gone: Iterable[Row]) -> list[Row]:
    """Return the rows of *gone* ads whose object of *level* is not among *rows*."""
    key = f"{level}_id"
    known = {row[key] for row in rows}
    return [row for row in gone if row[key] not in known]


def _or_agrees(check: str, found: list[Finding]) -> list[Finding]:
    return found or [Finding(check=check)]


def _plain(check: str, found: Gaps) -> list[Finding]:
    """Return the findings of gaps of which nothing but rounding explains any."""
    explained = (
        [_finding(check, found.rounded, Cause.ROUNDING)] if found.rounded else []
    )
    return explained + _unexplained(check, found.beyond)


def _unexplained(
    check: str, beyond: Iterable[Gap], parts: Sequence[Part] = ()
) -> list[Finding]:
    """Return what is missing and what there is too much, each a finding."""
    missing = [gap for gap in beyond if gap.missing > 0]
    surplus = [gap for gap in beyond if gap.missing < 0]
    found = [_finding(check, missing, parts=parts)] if missing else []
    return found + ([_finding(check, surplus)] if surplus else [])


def _finding(
    check: str,
    found: Iterable[Gap],
    cause: Cause | None = None,
    parts: Sequence[Part] = (),
) -> Finding:
    return Finding(check=check, gaps=tuple(found), cause=cause, parts=tuple(parts))


def _of_level(level: Level, evidence: Evidence) -> list[Finding]:
    rows = evidence.levels[level]
    first = gaps(evidence.whole, rows)
    gone = gone_of(level, rows, evidence.gone) if first.beyond else []
    rest = gaps(evidence.whole, [*rows, *gone])
    found = _of_deleted(level, first, gone)
    beyond = list(rest.beyond)
    if _attributed_differently(evidence):
        unadded = [gap for gap in beyond if gap.whole is None and ":" in gap.metric]
        beyond = [gap for gap in beyond if gap not in unadded]
        if unadded:
            found.append(_finding(level, unadded, Cause.ATTRIBUTION_SETTINGS))
    found += _plain(level, Gaps((), rest.rounded))
    return found + _unexplained(level, beyond, _places(level, evidence, gone))


def _of_deleted(level: Level, first: Gaps, gone: Sequence[Row]) -> list[Finding]:
    """Return what of the first gaps archived and deleted objects have."""
    theirs = amounts(gone)
    found = [
        replace(gap, missing=total(theirs[gap.metric]))
        for gap in (*first.beyond, *first.rounded)
        if gap.metric in theirs
    ]
    if not found:
        return []
    return [_finding(level, found, Cause.DELETED_OBJECTS, _named(level, gone))]


def _named(level: Level, rows: Iterable[Row]) -> list[Part]:
    """Return the objects of *rows*, those that spent most first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[f"{level}_id"], []).append(row)
    parts = [
        Part(
            id=id_,
            name=of_one[0].get(f"{level}_name") or id_,
            spend=total(amounts(of_one).get(SPEND, ())),
        )
        for id_, of_one in groups.items()
    ]
    return sorted(parts, key=lambda part: part.spend, reverse=True)


def _places(level: Level, evidence: Evidence, gone: Sequence[Row]) -> list[Part]:
    """Return the campaigns whose ad sets or ads, *gone* ones too, lack money."""
    if level is Level.campaign:
        return []
    rows = [*evidence.levels[level], *gone]
    found = []
    for campaign in evidence.levels.get(Level.campaign, ()):
        key = campaign["campaign_id"]
        own = [row for row in rows if row["campaign_id"] == key]
        spend = {gap.metric: gap.missing for gap in gaps([campaign], own).beyond}
        if (missing := spend.get(SPEND, 0)) > 0:
            found.append(replace(_named(Level.campaign, [campaign])[0], spend=missing))
    return found


def _attributed_differently(evidence: Evidence) -> bool:
    """
    Return whether ads have several attribution settings: Meta adds no results across
    these, so that a level above lacks them.
    https://developers.facebook.com/docs/marketing-api/insights/breakdowns
    """
    ads = evidence.levels.get(Level.ad, ())
    return len({row.get(ATTRIBUTION) for row in ads} - {None}) > 1


def _of_breakdown(names: str, evidence: Evidence, rows: Sequence[Row]) -> list[Finding]:
    found = gaps(evidence.whole, rows)
    explained: dict[Cause, list[Gap]] = {}
    rest = []
    for gap in found.beyond:
        if cause := cause_of(names, gap, found, rows):
            explained.setdefault(cause, []).append(gap)
        else:
            rest.append(gap)
    return [
        *(_finding(names, some, cause) for cause, some in explained.items()),
        *_plain(names, Gaps(tuple(rest), found.rounded)),
    ]


def _of_reach(evidence: Evidence) -> list[Finding]:
    """Say how far reach is from a sum: whoever was reached twice is one person."""
    whole = _reached(evidence.whole)
    sets = [(DAYS, evidence.days), *evidence.levels.items()]
    sums = {check: _reached(rows) for check, rows in sets}
    found = [
        Gap(metric=f"{REACH}:{check}", whole=whole, rows=rows, missing=whole - rows)
        for check, rows in sums.items()
        if rows != whole
    ]
    return [_finding(REACH, found, Cause.COUNTED_ONCE)] if found else []


def _reached(rows: Iterable[Row]) -> Number:
    numbers = (row.get(REACH) for row in rows)
    return total(number for number in numbers if number is not None)


def _by_day(rows: Iterable[Row]) -> dict[str, list[Row]]:
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(row["date_start"], []).append(row)
    return days
