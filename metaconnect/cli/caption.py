"""What stands beside Insights: what they cover, and what is not in them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from ..flows.insights import InsightsRequest
from ..insights.caption import Facts, facts
from ..models import TimeRange

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
