"""`metaconnect refresh`: tokens that live longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from .dates import day, iso
from .options import ClientsOption, FormatOption, JsonOption, WithinOption, days_in

if TYPE_CHECKING:
    from ..flows.refresh import Refreshed
    from ..models import Row
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect refresh --client acme

metaconnect refresh --all --within 20d"""
NAMES = (
    "client_id",
    "outcome",
    "token_expires_at",
    "former_token_expires_at",
    "reason",
)


def refresh(
    ctx: typer.Context,
    client: ClientsOption = None,
    every: Annotated[
        bool, typer.Option("--all", help="Refresh the tokens of all clients.")
    ] = False,
    within: WithinOption = None,
    form: FormatOption = None,
    json: JsonOption = False,
) -> None:
    """
    Exchange tokens before they expire, and say whether Meta moved the date.

    What became of each is said on stderr; --json and --format print it too.
    """
    import asyncio

    from ..errors import UsageError
    from .output import chosen_format, print_list

    if every and client:
        raise UsageError("--all and --client exclude each other.")
    soon = timedelta(days=days_in(within)) if within else None
    chosen = chosen_format(form, json=json) if form or json else None
    found = asyncio.run(_refreshed(ctx.obj, client, every=every, within=soon))
    if chosen:
        print_list([_row(r) for r in found], NAMES, chosen, empty="No connections.")
    _tell(found)


async def _refreshed(
    context: CommandContext,
    clients: Sequence[str] | None,
    *,
    every: bool,
    within: timedelta | None,
) -> list[Refreshed]:
    from ..flows.clients import connection_to_use

    async with context.meta() as meta:
        if not clients and not every:
            default = context.settings.client
            found = await connection_to_use(
                default, meta.parts.store, context.pick_client
            )
            clients = [found.client_id]
        return await meta.refresh(clients or None, within=within)


def _tell(found: Sequence[Refreshed]) -> None:
    """Say what became of each, and raise where it failed."""
    from ..flows.many import failure_of
    from ..flows.refresh import Outcome
    from .report import notice, notice_on

    alone = len(found) == 1
    for each in found:
        if not (each.outcome is Outcome.FAILED and alone) and (said := _said(each)):
            notice_on(each.client_id, said)
    if left := sum(each.outcome is Outcome.NOT_DUE for each in found):
        notice(f"Not due yet: {left} of {len(found)}.")
    problems = [each.problem for each in found if each.problem]
    if failure := failure_of(problems, total=len(found)):
        raise failure


def _said(refreshed: Refreshed) -> str:
    """Return what became of a token as a sentence, "" where it was not due."""
    from ..flows.refresh import Outcome
    from ..redact import command

    until = day(refreshed.expires_at) if refreshed.expires_at else "never"
    match refreshed.outcome:
        case Outcome.EXTENDED:
            return f"extended to {until}."
        case Outcome.KEPT:
            again = command("connect --force", refreshed.client_id)
            return f"Meta kept the same date; connect again before {until}:  {again}"
        case Outcome.NEVER_EXPIRES:
            return "the token does not expire; it is left as it is."
        case Outcome.FAILED:
            problem = refreshed.problem
            hint = " ".join(problem.hint.splitlines()) if problem else ""
            return f"{problem} {hint}"
    return ""


def _row(refreshed: Refreshed) -> Row:
    return {
        "client_id": refreshed.client_id,
        "outcome": str(refreshed.outcome),
        "token_expires_at": iso(refreshed.expires_at),
        "former_token_expires_at": iso(refreshed.expires_before),
        "reason": str(refreshed.problem) if refreshed.problem else None,
    }
