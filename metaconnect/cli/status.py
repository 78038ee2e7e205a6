"""`metaconnect status`: whether the connections are well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ..constants import Format
from .dates import day, days_left, iso
from .options import ClientsOption, FormatOption, JsonOption, days_in

if TYPE_CHECKING:
    from ..flows.status import ConnectionStatus
    from ..models import Row
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect status

metaconnect status --check --within 3w

metaconnect status --json | jq '.[] | select(.verdict != "ok").client_id'"""
NAMES = (
    "client_id",
    "verdict",
    "token_expires_at",
    "ad_account_id",
    "ad_account_name",
    "currency",
    "timezone_name",
    "user_facebook_id",
    "user_name",
    "permissions_missing",
    "ad_accounts_not_ticked",
    "data_access_expires_at",
    "graph_url",
    "reason",
    "next_step",
)
# In a table; reasons and next steps are said on stderr.
SHOWN = (
    "client_id",
    "verdict",
    "token_expires_at",
    "expires",
    "ad_account_name",
    "currency",
    "timezone_name",
    "user_name",
    "permissions_missing",
    "ad_accounts_not_ticked",
    "graph_url",
    "ad_account_id",
    "data_access_expires_at",
)
# Shown where one has any.
_SELDOM = ("permissions_missing", "ad_accounts_not_ticked", "data_access_expires_at")


def status(
    ctx: typer.Context,
    client: ClientsOption = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Ask Meta about every token; else only the store is read."
        ),
    ] = False,
    within: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="What counts as expiring: a time such as 14d or 2w.",
        ),
    ] = "14d",
    form: FormatOption = None,
    json: JsonOption = False,
) -> None:
    """
    Show every connection: whose it is, when its token expires, whether it works.

    The exit code is 4 where any needs a person.
    """
    import asyncio

    from .output import chosen_format, print_list

    soon = timedelta(days=days_in(within))
    chosen = chosen_format(form, json=json)
    found = asyncio.run(_statuses(ctx.obj, client, check=check, within=soon))
    rows, names = [_row(each) for each in found], list(NAMES)
    if chosen is Format.table:
        rows, names = _for_people(rows)
    print_list(
        rows,
        names,
        chosen,
        empty="Nothing is connected yet. Connect a client:  metaconnect connect",
    )
    raise typer.Exit(_told(found))


async def _statuses(
    context: CommandContext,
    clients: Sequence[str] | None,
    *,
    check: bool,
    within: timedelta,
) -> list[ConnectionStatus]:
    async with context.meta() as meta:
        return await meta.status(clients or None, check=check, within=within)


def _told(found: Sequence[ConnectionStatus]) -> int:
    """Say what is wrong, a line for each client, and return the exit code."""
    from ..errors import AuthError
    from ..flows.many import failure_of
    from .report import notice_on

    for each in found:
        if each.next_step or each.problem:
            notice_on(each.client_id, f"{_reason(each)} {each.next_step}")
    if any(each.verdict.needs_person for each in found):
        return AuthError.exit_code
    problems = [each.problem for each in found if each.problem]
    failure = failure_of(problems, total=len(found))
    return failure.exit_code if failure else 0


def _row(status: ConnectionStatus) -> Row:
    facts: Row = {name: getattr(status.connection, name, None) for name in NAMES}
    return facts | {
        "client_id": status.client_id,
        "verdict": str(status.verdict),
        "token_expires_at": iso(status.expires_at),
        "permissions_missing": _listed(status.permissions_missing),
        "ad_accounts_not_ticked": _listed(status.ad_accounts_not_ticked),
        "data_access_expires_at": iso(status.data_access_expires_at),
        "reason": _reason(status) or None,
        "next_step": status.next_step or None,
    }


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else list(names)


def _for_people(rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """Return what a table shows of *rows*, and its columns."""
    seldom = {name for name in _SELDOM if not any(row[name] for row in rows)}
    return list(map(_shown, rows)), [n for n in SHOWN if n not in seldom]


def _shown(row: Row) -> Row:
    """Return *row* with its dates as people read them, and ids for missing names."""
    expires_at, until = row["token_expires_at"], row["data_access_expires_at"]
    none = "never" if row["user_facebook_id"] else None  # nothing is connected
    return row | {
        "token_expires_at": expires_at and expires_at[:10],
        "expires": _when(datetime.fromisoformat(expires_at)) if expires_at else none,
        "ad_account_name": row["ad_account_name"] or row["ad_account_id"],
        "user_name": row["user_name"] or row["user_facebook_id"],
        "data_access_expires_at": until and until[:10],
    }


def _when(moment: datetime) -> str:
    days = days_left(moment)
    plural = "" if abs(days) == 1 else "s"
    return f"in {days} day{plural}" if days >= 0 else f"{-days} day{plural} ago"


def _reason(status: ConnectionStatus) -> str:
    """Return why the verdict is what it is, as a sentence; "" where all is well."""
    from ..flows.verdict import Verdict

    if expires_at := status.expires_at:
        if status.verdict is Verdict.EXPIRING:
            return f"the token expires on {day(expires_at)} ({_when(expires_at)})."
        if status.verdict is Verdict.EXPIRED:
            return f"the token expired on {day(expires_at)}."
    if status.problem:
        return str(status.problem)
    if status.verdict is Verdict.RESTRICTED:
        return "the token has no permission that Insights need."
    return ""
