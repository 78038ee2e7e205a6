"""What numbers are, what is to be known of them, and why there may be none."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ..flows.insights import InsightsRequest
from ..insights.dates import date_range, dated, today_in
from ..insights.explain import Counted, ReadFacts, explain
from ..insights.fetch import account_path, insights_params
from ..insights.notes import Note, query_notes, reasons_for_no_rows
from ..models import TimeRange
from .terminal import say

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from .read import Reading


def print_plan(meta: AsyncMetaconnect, requests: Sequence[InsightsRequest]) -> None:
    """Print what would be asked of Meta, and what the numbers would be."""
    from .output import opened

    lines = [
        line
        for request in requests
        for line in explain(request.dated_query, _facts(meta, request))
    ]
    with opened(None) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


def explanation(reading: Reading, counted: Counted) -> list[str]:
    """Return what the numbers are that were read, of the first ad account's days."""
    requests = reading.targets.requests
    if not requests:
        return []
    return explain(reading.shown, _facts(reading.meta, requests[0]), counted)


def why_empty(request: InsightsRequest) -> str:
    """Return why there may be no rows."""
    today = today_of(request)
    return reasons_for_no_rows(request.dated_query, _days(request), today)


def say_why_empty(request: InsightsRequest) -> None:
    say(why_empty(request))


def say_notes(reading: Reading, request: InsightsRequest) -> None:
    """
    Say what is to be known of the answer; what is always the same only to a person
    who watches, once a day.
    """
    notes = query_notes(
        request.dated_query,
        _days(request),
        today_of(request),
        version=reading.meta.settings.meta_host.version,
    )
    for note in _untold(reading, notes):
        say(str(note))


def today_of(request: InsightsRequest) -> date:
    """Return which day it is for the ad account, or in UTC."""
    now = datetime.now(UTC)
    return today_in(request.timezone_name, now) or now.date()


def _untold(reading: Reading, notes: Iterable[Note]) -> Iterable[Note]:
    from ..settings import told_today

    folder, today = reading.meta.settings.folder, datetime.now(UTC).date()
    for note in notes:
        if not note.key or (
            sys.stderr.isatty() and not told_today(folder, note.key, today)
        ):
            yield note


def _days(request: InsightsRequest) -> TimeRange | None:
    return date_range(
        request.dated_query,
        timezone_name=request.timezone_name,
        now=datetime.now(UTC),
    )


def _facts(meta: AsyncMetaconnect, request: InsightsRequest) -> ReadFacts:
    now = datetime.now(UTC)
    query = dated(request.dated_query, request.timezone_name, now)
    host = meta.settings.meta_host
    return ReadFacts(
        path=f"{account_path(request.ad_account_id)}/insights",
        params=insights_params(query),
        version=host.version,
        today=today_of(request),
        graph_url=host.graph_url,
        dates=_days(request),
        timezone_name=request.timezone_name,
        currency=request.currency,
    )
