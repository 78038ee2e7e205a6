"""What an audit found, as rows, as a table for people, and as an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..constants import FieldKind, Format
from ..insights.findings import Cause

if TYPE_CHECKING:
    from ..flows.audit import Audit, Audits
    from ..insights.findings import Finding
    from ..models import Row

NAMES = (
    "client",
    "account_id",
    "account_name",
    "date_start",
    "date_stop",
    "check",
    "verdict",
    "cause",
    "spend",
    "currency",
    "missing",
    "days",
    "empty_days",
    "parts",
    "text",
)
# In a table; the sentences stand below it.
SHOWN = (
    "client",
    "account_id",
    "account_name",
    "check",
    "verdict",
    "cause",
    "spend",
    "missing_spend",
    "currency",
)


def print_audits(audits: Sequence[Audit], form: Format) -> None:
    from .output import print_list

    if form is Format.table and not audits:
        return
    if form is not Format.table:
        rows = [_row(audit, each) for audit in audits for each in audit.findings]
        print_list(rows, NAMES, form, empty="")
        return
    print_list(
        [row for audit in audits for row in _for_people(audit)],
        SHOWN,
        form,
        dim=lambda row: row["verdict"] == "agrees",
        legend=[line for audit in audits for line in _lines(audit, len(audits))],
        kinds={"spend": FieldKind.MONEY, "missing_spend": FieldKind.MONEY},
        empty="",
    )


def _row(audit: Audit, finding: Finding) -> Row:
    from ..insights.audit_text import sentence

    return _whose(audit) | {
        "check": finding.check,
        "verdict": str(finding.verdict),
        "cause": finding.cause and str(finding.cause),
        "missing": finding.missing,
        "days": [day.isoformat() for day in finding.days],
        "empty_days": [day.isoformat() for day in finding.empty_days],
        "parts": [
            {"id": part.id, "name": part.name, "spend": part.spend}
            for part in finding.parts
        ],
        "text": sentence(finding, audit.ad_account.currency),
    }


def _whose(audit: Audit) -> Row:
    """Return the columns that every row of an ad account has."""
    request, dates = audit.request, audit.dates
    found: Row = dict.fromkeys(NAMES)
    return found | {
        "client": request.connection.client_id,
        "account_id": request.ad_account_id.removeprefix("act_"),
        "account_name": audit.ad_account.name or None,
        "date_start": dates and dates.since.isoformat(),
        "date_stop": dates and dates.until.isoformat(),
        "spend": audit.spend,
        "currency": audit.ad_account.currency,
    }


def _for_people(audit: Audit) -> list[Row]:
    """Return a line for all that agrees, and one for each finding about money."""
    agreed = [each for each in audit.findings if not each.gaps]
    others = [e for e in audit.findings if e.gaps and e.cause is not Cause.COUNTED_ONCE]
    checks = f"{len(agreed)} check{'s' * (len(agreed) != 1)}"
    first = _whose(audit) | {"check": checks, "verdict": "agrees"}
    told = (_row(audit, e) | {"missing_spend": e.missing.get("spend")} for e in others)
    return [*([first] if agreed else []), *told]


def _lines(audit: Audit, audits: int) -> list[str]:
    """Return what is said of an ad account; of several, not that reach differs."""
    from ..insights.audit_text import sentence

    whose, currency = "", audit.ad_account.currency
    if audits > 1:
        whose = f"{audit.request.connection.client_id}, {audit.request.ad_account_id}: "
    return [
        f"{each.verdict}: {whose}{sentence(each, currency)}"
        for each in audit.findings
        if each.gaps and (audits == 1 or each.cause is not Cause.COUNTED_ONCE)
    ]


def tell_of(found: Audits) -> None:
    """Say how much was read, and raise where it does not end well."""
    from ..errors import Unexplained
    from ..flows.many import failure_of
    from .report import notice_failure
    from .terminal import say

    number, failed = len(found.audits), len(found.failures)
    if number + failed > 1:  # the error of a single one says it
        for failure in found.failures:
            notice_failure(failure)
    if number:
        pages = sum(audit.pages for audit in found.audits)
        plural = "s" * (number != 1)
        say(f"Compared {number} ad account{plural}, {pages} pages of rows.")
    errors = [failure.error for failure in found.failures]
    if error := failure_of(errors, total=number + failed):
        raise error
    if wrong := sum(not audit.is_explained for audit in found.audits):
        raise Unexplained(f"{wrong} of {number} ad accounts do not add up.")
