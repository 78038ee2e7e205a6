"""What is to be known of an answer that its numbers do not say: one line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from ..constants import SERVED_UNTIL, FieldKind, Level
from ..models import TimeRange
from .breakdowns import HOURLY, OPT_IN, is_documented
from .dates import MONTHS_KEPT, first_day
from .fields import kind_of
from .picks import pick_of
from .query import InsightsQuery
from .schema import requested_windows

OPT_IN_SINCE: Final = date(2026, 8, 3)
# Click-through conversions count link clicks only; what likes, shares and saves
# led to is engage-through, `1d_ev`.
CLICKS_REDEFINED: Final = date(2026, 3, 3)
VIEWS_ENDED: Final = date(2026, 1, 12)
ENDED_WINDOWS: Final = ("7d_view", "28d_view")
SETTLED_DAYS: Final = 28
_RETIREMENT_IS_NEAR: Final = timedelta(days=60)
_MONTHS_OF_PEOPLE: Final = 13
_MONTHS_OF_FREQUENCY: Final = 6
# Lists whose entries are events on Meta or clicks: attribution changes nothing.
_NOT_ATTRIBUTED: Final = ("video_", "outbound_clicks", "website_ctr", "ad_")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """
    One line about an answer.

    A note with a `key` is the same at every read: it is to be told once a day.
    """

    text: str
    key: str = ""

    def __str__(self) -> str:
        return self.text


def query_notes(
    query: InsightsQuery,
    dates: TimeRange | None,
    today: date,
    *,
    version: str | None = None,
) -> list[Note]:
    """
    Return what is to be known of the answer to *query*.

    *dates* are the days it covers, None where they are not known; *today* is the
    ad account's, *version* that of the API which is asked.
    """
    found = (*_about_breakdowns(query, dates, today), *_about_attribution(query, dates))
    return [
        *(Note(text=text) for text in found),
        *_about_age(query, dates, today),
        *_about_version(version, today),
    ]


def reasons_for_no_rows(
    query: InsightsQuery, dates: TimeRange | None, today: date
) -> str:
    """Return why the answer to *query* may have no rows, as a sentence or two."""
    if dates is not None and dates.since > today:
        return f"No rows: {dates.since} has not begun in the ad account's time zone."
    reasons = ["nothing was delivered in these days"]
    if dates is not None and dates.since == dates.until == today:
        reasons = ["nothing was delivered yet today, in the ad account's time zone"]
    opt_in = [name for name in query.breakdowns if name in OPT_IN]
    if opt_in:
        reasons.insert(
            0,
            f"Meta answers {', '.join(opt_in)} only for ad accounts that opted in "
            f"(since {OPT_IN_SINCE})",
        )
    if query.filtering:
        names = " and ".join(dict.fromkeys(f.field for f in query.filtering))
        reasons.append(f"the filter by {names} leaves nothing")
    if query.level is not Level.account:
        reasons.append(
            f"each {query.level} that delivered is deleted (the account level has "
            "their numbers)"
        )
    if dates is not None and dates.until < first_day(today):
        reasons.append(f"Meta keeps Insights for {MONTHS_KEPT} months only")
    return f"No rows: {', or '.join(reasons)}."


def _about_breakdowns(
    query: InsightsQuery, dates: TimeRange | None, today: date
) -> Iterator[str]:
    names = query.breakdowns
    if opt_in := [name for name in names if name in OPT_IN]:
        yield (
            f"Since {OPT_IN_SINCE} Meta answers {', '.join(opt_in)} only for ad "
            "accounts that opted in: no rows do not mean no delivery."
        )
    if names and not is_documented(names):
        yield (
            f"Meta does not list {', '.join(names)} among the breakdowns that go "
            "together: it may refuse them."
            if len(names) > 1
            else "Meta lists impression_device only together with publisher_platform: "
            "it may refuse it."
        )
    if dates is None:
        return
    if "frequency_value" in names and dates.since < first_day(
        today, _MONTHS_OF_FREQUENCY
    ):
        yield f"Meta keeps frequency_value for {_MONTHS_OF_FREQUENCY} months."
    limit = first_day(today, _MONTHS_OF_PEOPLE)
    if dates.since >= limit or not names:
        return
    if HOURLY & set(names):
        yield f"Meta keeps hours for {_MONTHS_OF_PEOPLE} months: from {limit} on."
    if people := [name for name in query.fields if _counts_people(name)]:
        yield (
            f"With breakdowns Meta leaves out {', '.join(people)} where the range "
            f"begins before {limit}."
        )


def _about_attribution(query: InsightsQuery, dates: TimeRange | None) -> Iterator[str]:
    windows = requested_windows(query)
    ended = [window for window in ENDED_WINDOWS if window in windows]
    if ended:
        yield (
            f"Meta has not answered {' and '.join(ended)} since {VIEWS_ENDED}: their "
            "values are empty."
        )
    if (
        dates is not None
        and dates.since < CLICKS_REDEFINED <= dates.until
        and any(_is_attributed(name) for name in query.fields)
    ):
        yield (
            f"On {CLICKS_REDEFINED} Meta redefined click-through conversions to link "
            "clicks only (other clicks became engaged-view, 1d_ev): days before and "
            "after do not compare."
        )


def _about_age(
    query: InsightsQuery, dates: TimeRange | None, today: date
) -> Iterator[Note]:
    if dates is None or not any(_is_attributed(name) for name in query.fields):
        return
    changing = max(dates.since, today - timedelta(days=SETTLED_DAYS - 1))
    if changing <= dates.until:
        text = (
            f"Conversions from {changing} on may still change: Meta corrects them for "
            f"{SETTLED_DAYS} days."
        )
        yield Note(text=text, key="settling")


def _about_version(version: str | None, today: date) -> Iterator[Note]:
    served = SERVED_UNTIL.get(version or "")
    end = served.marketing if served else None
    if end is None or today < end - _RETIREMENT_IS_NEAR:
        return
    if today < end:
        text = f"Meta serves version {version} of the Marketing API until {end}."
    else:
        text = (
            f"Version {version} of the Marketing API ended on {end}: Meta answers with "
            "a newer one, or refuses."
        )
    yield Note(text=f"{text} META_API_VERSION says which is asked.", key=f"{version}")


def _counts_people(name: str) -> bool:
    pick = pick_of(name)
    field = pick.source if pick else name
    kind = kind_of(field)
    if kind in (FieldKind.UNIQUE_COUNT, FieldKind.UNIQUE_ACTIONS):
        return True
    return field in ("frequency", "cpp") or "unique" in field


def _is_attributed(name: str) -> bool:
    """Return whether *name* counts conversions, which Meta attributes."""
    pick = pick_of(name)
    if pick and pick.types[0] in ("link_click", "landing_page_view"):
        return False
    field = pick.source if pick else name
    kind = kind_of(field)
    if kind is FieldKind.OBJECTS:
        return "result" in field
    return kind.is_actions and not field.startswith(_NOT_ATTRIBUTED)
