"""`metaconnect audit`: whether the numbers of a period agree with one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..constants import Format
from .insights_options import (
    QUESTION,
    AccountsOption,
    AllAccountsOption,
    AllOption,
    ClientsOption,
    FormatOption,
    JsonOption,
    NoRefreshOption,
    PresetOption,
    SinceOption,
    UntilOption,
)

if TYPE_CHECKING:
    from ..flows.audit import Audit, Audits
    from ..flows.insights_many import Failure
    from ..insights.findings import Finding
    from ..models import Row
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect audit --preset last_month

metaconnect audit --all --format csv > audit.csv

metaconnect audit --breakdown country --breakdown publisher_platform

metaconnect audit --json | jq '.[] | select(.verdict == "unexplained")'"""
NAMES = (
    "client",
    "account_id",
    "date_start",
    "date_stop",
    "check",
    "verdict",
    "cause",
    "missing",
    "currency",
    "days",
    "empty_days",
    "parts",
    "text",
)
# In a table; the sentences stand below it.
SHOWN = ("client", "account_id", "check", "verdict", "cause", "spend_missing")


def audit(
    ctx: typer.Context,
    client: ClientsOption = None,
    every: AllOption = False,
    account: AccountsOption = None,
    all_accounts: AllAccountsOption = False,
    preset: PresetOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    breakdown: Annotated[
        list[str] | None,
        typer.Option(
            "--breakdown",
            metavar="NAMES",
            help="Whether these rows have it all, as age,gender; each time it is "
            "given is one more set of rows. Default: age,gender and country.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    form: FormatOption = None,
    json: JsonOption = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Prove that the numbers of a period agree, or name what is missing.

    Compares the account with its days, campaigns, ad sets, ads and breakdowns. The
    exit code is 9 where nothing explains what is missing.
    """
    import asyncio

    from .options import require_one_way
    from .output import chosen_format

    require_one_way(client, account, every=every, all_accounts=all_accounts)
    chosen = chosen_format(form, json=json)
    asyncio.run(
        _run(
            ctx.obj,
            chosen,
            clients=client,
            every=every,
            date_preset=preset,
            ad_accounts=account or (),
            all_accounts=all_accounts,
            breakdowns=breakdown,
            since=since,
            until=until,
            refresh=not no_refresh,
        )
    )


async def _run(
    context: CommandContext,
    form: Format,
    *,
    clients: Sequence[str] | None,
    every: bool,
    **options: Any,
) -> None:
    """Print what was found; raise, at the end, where any failed or is unexplained."""
    from .progress import Progress
    from .read_many import tell

    async with context.meta() as meta:
        if not clients and not every:
            clients = [(await meta.connection(pick=context.pick_client)).client_id]
        async with Progress(shown=form is Format.table) as progress:

            def failed(failure: Failure) -> None:
                progress.hide()
                tell(failure)

            found = await meta.audit(
                clients or None, failed=failed, progress=progress.read, **options
            )
    _print(found.audits, form)
    _tell(found)


def _print(audits: Sequence[Audit], form: Format) -> None:
    from .output import print_list

    rows = [_row(audit, finding) for audit in audits for finding in audit.findings]
    if form is not Format.table:
        print_list(rows, NAMES, form, empty="")
        return
    said = [row for row in rows if row["verdict"] != "agrees"]
    print_list(
        rows,
        SHOWN,
        form,
        legend=[_line(row, several=len(audits) > 1) for row in said],
        dim=lambda row: row["verdict"] == "agrees",
        empty="Nothing could be compared.",
    )


def _row(audit: Audit, finding: Finding) -> Row:
    from ..insights.audit_text import sentence

    currency, dates = audit.ad_account.currency, audit.dates
    spend = finding.missing.get("spend")
    return {
        "client": audit.request.connection.client_id,
        "account_id": audit.request.ad_account_id.removeprefix("act_"),
        "date_start": dates and dates.since.isoformat(),
        "date_stop": dates and dates.until.isoformat(),
        "check": finding.check,
        "verdict": str(finding.verdict),
        "cause": finding.cause and str(finding.cause),
        "missing": finding.missing,
        "currency": currency,
        "days": [day.isoformat() for day in finding.days],
        "empty_days": [day.isoformat() for day in finding.empty_days],
        "parts": [
            {"id": part.id, "name": part.name, "spend": part.spend}
            for part in finding.parts
        ],
        "text": sentence(finding, currency),
        "spend_missing": f"{spend:,f} {currency or ''}".strip() if spend else None,
    }


def _line(row: Row, *, several: bool) -> str:
    whose = f"{row['client']} (act_{row['account_id']}), " if several else ""
    return f"{whose}{row['verdict']}: {row['text']}"


def _tell(found: Audits) -> None:
    """Say how much was read, and raise where it does not end well."""
    from ..errors import Unexplained
    from ..flows.many import failure_of
    from .terminal import say

    pages = sum(audit.pages for audit in found.audits)
    number = len(found.audits)
    say(f"Compared {number} ad account{'s' * (number != 1)}, {pages} pages of rows.")
    errors = [failure.error for failure in found.failures]
    if error := failure_of(errors, total=number + len(errors)):
        raise error
    wrong = sum(not audit.is_explained for audit in found.audits)
    if wrong:
        raise Unexplained(f"{wrong} of {number} ad accounts do not add up.")
