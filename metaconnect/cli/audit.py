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
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect audit --preset last_month

metaconnect audit --all --format csv > audit.csv

metaconnect audit --breakdown country --breakdown publisher_platform

metaconnect audit --json | jq '.[] | select(.verdict == "unexplained")'"""


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
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="PLACE",
            help="Whether a synced table has what Meta says now: a DuckDB file or "
            "postgresql://…; - is METACONNECT_SYNC_TO.",
            rich_help_panel=QUESTION,
        ),
    ] = None,
    form: FormatOption = None,
    json: JsonOption = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Prove that the numbers of a period agree, or name what is missing.

    Compares the account with its days, campaigns, ad sets and ads, and with
    breakdowns. Exit code 9: nothing explains what is missing.
    """
    import asyncio
    import sys

    from ..output.base import require_usable
    from .options import require_one_way
    from .output import chosen_format

    require_one_way(client, account, every=every, all_accounts=all_accounts)
    chosen = chosen_format(form, json=json)
    require_usable(chosen, terminal=sys.stdout.isatty())
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
            **_table(against, ctx.obj),
            since=since,
            until=until,
            refresh=not no_refresh,
        )
    )


def _table(against: str | None, context: CommandContext) -> dict[str, Any]:
    """Return where the table is, and the reports that metaconnect.toml keeps there."""
    from ..errors import UsageError
    from .sync_reports import Asked, wanted_reports

    if against is None:
        return {}
    place = context.settings.sync_to if against == "-" else against
    if not place or not place.strip():
        raise UsageError(
            "Against what?", hint="Name a place, or set METACONNECT_SYNC_TO."
        )
    asked = Asked(names=(), since=None, days=None, question={})
    return {"against": place.strip(), "reports": wanted_reports(asked)}


async def _run(
    context: CommandContext,
    form: Format,
    *,
    clients: Sequence[str] | None,
    every: bool,
    **options: Any,
) -> None:
    """Print what was found; raise, at the end, where any failed or is unexplained."""
    from .audit_report import print_audits, tell_of
    from .progress import Progress

    async with context.meta() as meta:
        if not clients and not every:
            clients = [(await meta.connection(pick=context.pick_client)).client_id]
        async with Progress(shown=form is Format.table) as progress:
            found = await meta.audit(clients or None, progress=progress.read, **options)
    print_audits(found.audits, form)
    tell_of(found)
