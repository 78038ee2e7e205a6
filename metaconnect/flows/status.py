"""The status flow: how every connection is, as stored or as Meta says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from ..errors import MetaconnectError, TokenRejected
from ..graph.accounts import get_ad_account, me
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo
from ..models import AccessToken, Connection, MetaHost, normal_ad_account_id
from ..redact import command, name_client
from ..stores.base import not_connected
from .accounts import inspected
from .clients import require_same_issuer
from .many import each
from .permissions import NEEDED
from .verdict import Verdict, verdict

EXPIRING_WITHIN = timedelta(days=14)


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What Meta says of one connection: of its token, and the error of using it."""

    info: TokenInfo | None = None
    problem: MetaconnectError | None = None


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """
    How a client's connection is.

    `connection` is None for a client that was named and has none. `expires_at` is
    Meta's where Meta was asked, else the stored one; None means never.
    `permissions_missing` and `ad_accounts_not_ticked` are None where Meta was not
    asked, or did not say. `problem` is what kept Meta from answering well.
    """

    client_id: str
    verdict: Verdict
    connection: Connection | None = None
    expires_at: datetime | None = None
    data_access_expires_at: datetime | None = None
    permissions_missing: tuple[str, ...] | None = None
    ad_accounts_not_ticked: tuple[str, ...] | None = None
    problem: MetaconnectError | None = None

    @property
    def next_step(self) -> str:
        """What to do, in one line with a command to type; "" where all is well."""
        match self.verdict:
            case Verdict.OK:
                return ""
            case Verdict.EXPIRING:
                return f"Extend it:  {command('refresh', self.client_id)}"
            case Verdict.EXPIRED | Verdict.REVOKED:
                return f"Connect again:  {command('connect', self.client_id)}"
        if self.problem is None:
            asked = command("connect --rerequest", self.client_id)
            return f"Ask for the permission again:  {asked}"
        hint = " ".join(self.problem.hint.splitlines())
        return name_client(hint, self.client_id)


async def ask_meta(
    connections: Sequence[Connection],
    *,
    graph: GraphClient,
    host: MetaHost,
    app_id: str | None,
) -> dict[str, Findings]:
    """Return what Meta says, by client; each token is inspected once."""

    async def inspect(token: AccessToken) -> TokenInfo | MetaconnectError | None:
        try:
            return await inspected(graph, token)
        except MetaconnectError as error:
            return error

    async def ask(connection: Connection) -> Findings:
        if refused := _other_issuer(connection, host, app_id):
            return Findings(problem=refused)
        return await _used(connection, known[connection.token.value], graph)

    ours = [c for c in connections if not _other_issuer(c, host, app_id)]
    tokens = {c.token.value: c.token for c in ours}
    known = dict(zip(tokens, await each(tokens.values(), inspect), strict=True))
    answers = await each(connections, ask)
    return {c.client_id: f for c, f in zip(connections, answers, strict=True)}


def _other_issuer(
    connection: Connection, host: MetaHost, app_id: str | None
) -> MetaconnectError | None:
    """Return why the token may not be sent, None where it may."""
    try:
        require_same_issuer(connection, host, app_id)
    except MetaconnectError as error:
        return error
    return None


async def _used(
    connection: Connection,
    info: TokenInfo | MetaconnectError | None,
    graph: GraphClient,
) -> Findings:
    """Use the token once, on the ad account, unless Meta has refused it already."""
    if isinstance(info, MetaconnectError):
        return Findings(problem=info)
    if info and not info.is_valid:
        refused = info.rejection or TokenRejected("Meta does not accept the token.")
        return Findings(info=info, problem=refused)
    try:
        if connection.ad_account_id:
            await get_ad_account(graph, connection.token, connection.ad_account_id)
        else:
            await me(graph, connection.token)
    except MetaconnectError as error:
        return Findings(info=info, problem=error)
    return Findings(info=info)


def statuses(
    connections: Iterable[Connection],
    missing: Iterable[str],
    findings: Mapping[str, Findings],
    *,
    scopes: Sequence[str],
    now: datetime,
    within: timedelta,
) -> list[ConnectionStatus]:
    """Return the status of each connection, then of each client that has none."""
    found = [
        status_of(
            connection,
            findings.get(connection.client_id, Findings()),
            scopes=scopes,
            now=now,
            within=within,
        )
        for connection in connections
    ]
    return found + [
        ConnectionStatus(
            client_id=client, verdict=Verdict.UNKNOWN, problem=not_connected(client)
        )
        for client in missing
    ]


def status_of(
    connection: Connection,
    findings: Findings,
    *,
    scopes: Sequence[str],
    now: datetime,
    within: timedelta,
) -> ConnectionStatus:
    """Return the status of one connection; *scopes* are the permissions wanted."""
    info = findings.info if findings.info and findings.info.is_valid else None
    expires_at = _expires_at(connection.token, findings.info)
    return ConnectionStatus(
        client_id=connection.client_id,
        verdict=verdict(
            expires_at,
            now=now,
            within=within,
            permitted=info is None or any(name in info.scopes for name in NEEDED),
            problem=findings.problem,
        ),
        connection=connection,
        expires_at=expires_at,
        data_access_expires_at=info.data_access_expires_at if info else None,
        permissions_missing=tuple(s for s in scopes if s not in info.scopes)
        if info
        else None,
        ad_accounts_not_ticked=_not_ticked(connection, info) if info else None,
        problem=findings.problem,
    )


def _expires_at(token: AccessToken, info: TokenInfo | None) -> datetime | None:
    """Return Meta's date, else the stored one."""
    if info and info.never_expires:
        return None
    return info.expires_at if info and info.expires_at else token.expires_at


def _not_ticked(connection: Connection, info: TokenInfo) -> tuple[str, ...]:
    """
    Return the client's ad account where no permission for Insights reaches it.

    A permission without ids holds for all ad accounts.
    https://developers.facebook.com/docs/graph-api/reference/debug_token
    """
    chosen = connection.ad_account_id
    granted = [info.granular_scopes[n] for n in NEEDED if n in info.granular_scopes]
    if chosen is None or not granted or not all(granted):
        return ()
    ticked = {normal_ad_account_id(target) for ids in granted for target in ids}
    return () if chosen in ticked else (chosen,)
