"""What stands beside Insights: what they cover, and what is not in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ..flows.insights import InsightsRequest
from ..flows.report import InsightsReport
from ..insights.caption import Facts, facts
from ..models import TimeRange

if TYPE_CHECKING:
    from ..flows.insights_many import Failure

BETWEEN = " · "
NOTHING_MISSING = "As far as can be compared, no deleted object spent anything."


def caption(request: InsightsRequest, known: Facts) -> str:
    """Return one line that says what the rows of *request* cover."""
    connection = request.connection
    account = request.ad_account_id
    if account == connection.ad_account_id and connection.ad_account_name:
        account = f"{connection.ad_account_name} ({account})"
    parts = (
        connection.client_id,
        account,
        known.dates and _days(known.dates),
        known.timezone_name,
        f"level {known.level}",
        known.attribution and f"attribution {known.attribution}",
        known.currency,
    )
    return BETWEEN.join(" ".join(part.split()) for part in parts if part)


def caption_of_many(found: Sequence[InsightsReport | Failure]) -> str:
    """Return one line that says what the rows of all these cover."""
    from ..flows.insights_many import Failure

    reports = [each for each in found if not isinstance(each, Failure)]
    clients = {each.request.connection.client_id for each in reports}
    whose = (_number(len(clients), "client"), _number(len(reports), "ad account"))
    parts = [", ".join(whose)]
    if days := {each.facts.dates for each in reports if each.facts.dates}:
        # Where it is tomorrow already, a preset means other days.
        since, until = min(d.since for d in days), max(d.until for d in days)
        parts.append(_days(TimeRange(since=since, until=until)))
    if reports:
        parts.append(f"level {reports[0].facts.level}")
    return BETWEEN.join(parts)


def data_caption(request: InsightsRequest) -> str:
    """Return the caption of rows that are not at hand any more."""
    known = facts(
        request.dated_query,
        [],
        timezone_name=request.timezone_name,
        currency=request.currency,
        now=datetime.now(UTC),
    )
    return caption(request, known)


def deleted(spend: Decimal, currency: str | None) -> str:
    """Return what deleted objects spent, as a sentence."""
    return (
        f"Deleted objects spent another {spend:,f}{' ' + currency if currency else ''}"
        " in this time: below the account level Meta leaves them out."
    )


def written(path: Path, rows: int, form: str) -> str:
    """Return what was written where, as a sentence."""
    return f"Wrote {rows:,} row{'s' * (rows != 1)} as {form} to {path}"


def _days(dates: TimeRange) -> str:
    since, until = dates.since.isoformat(), dates.until.isoformat()
    return since if since == until else f"{since} to {until}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
