"""
The disconnect flow: the login is revoked at Meta, then deleted here.

In this order, because only the token itself can revoke: where Meta cannot be told,
nothing is deleted, unless the token is of no use for telling it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum

import msgspec

from ..errors import (
    CheckpointRequired,
    ConfigError,
    InvalidRequest,
    MetaconnectError,
    NotConnected,
    ServiceUnavailable,
    TokenRejected,
    UsageError,
)
from ..graph.client import GraphClient
from ..models import Connection, MetaHost
from ..output.text import one_line
from ..redact import command
from ..stores.base import ConnectionStore
from ..stores.pending import PendingLogins
from .accounts import inspected
from .clients import PickClient, connection_to_use, naming, require_same_issuer
from .threads import in_thread

# Whether the login of these other clients may end with that of the connection.
MayCutOff = Callable[[Connection, Sequence[str]], bool]
APP_REMOVED = 458  # subcode: the person has removed the app


class AtMeta(StrEnum):
    """What became of the login at Meta."""

    revoked = "revoked"
    gone = "gone"  # the person had removed the app before
    not_told = "not_told"  # the token is of no use any more
    system_user = "system_user"  # has no permissions to take back
    not_asked = "not_asked"


class Disconnection(msgspec.Struct, frozen=True, kw_only=True):
    """
    What disconnecting a client did. `cut_off` are other clients whose login has
    ended too; `reason` is why Meta could not be told.
    """

    client_id: str
    at_meta: AtMeta
    cut_off: tuple[str, ...] = ()
    reason: str = ""


class DisconnectFlow(msgspec.Struct, frozen=True, kw_only=True):
    """
    How a client of *store* is disconnected. Where the app is not known, `app_id` and
    `pending`, the logins that wait to be saved, are None.
    """

    host: MetaHost
    app_id: str | None
    graph: GraphClient
    store: ConnectionStore
    pending: PendingLogins | None

    async def run(
        self,
        named: str | None,
        pick: PickClient | None,
        *,
        local_only: bool,
        may_cut_off: MayCutOff,
    ) -> Disconnection:
        """
        Disconnect the client *named*, else the only one, else the one picked.

        Raises NotConnected, UsageError where *may_cut_off* says no, and what Meta
        and the store raise; their hints say what was done until then.
        """
        try:
            connection = await connection_to_use(named, self.store, pick)
        except NotConnected as lost:
            if named and await self._deletes_row_without_token(named):
                return Disconnection(
                    client_id=named, at_meta=AtMeta.not_told, reason=str(lost)
                )
            raise
        client_id = connection.client_id
        with naming(client_id):
            if local_only:
                result = Disconnection(client_id=client_id, at_meta=AtMeta.not_asked)
            else:
                result = await self._revoked_or_left(connection, may_cut_off)
            await self._delete(result)
        return result

    async def _revoked_or_left(
        self, connection: Connection, may_cut_off: MayCutOff
    ) -> Disconnection:
        """Tell Meta; an error says how to go on without."""
        try:
            require_same_issuer(connection, self.host, self.app_id)
            return await self._revoked(connection, may_cut_off)
        except UsageError:
            raise
        except MetaconnectError as error:
            only_here = command("disconnect --local-only", connection.client_id)
            said = f"Nothing was deleted. To delete it only here:  {only_here}"
            error.hint = f"{error.hint}\n{said}".strip()
            raise

    async def _revoked(
        self, connection: Connection, may_cut_off: MayCutOff
    ) -> Disconnection:
        at_meta, reason = AtMeta.system_user, ""
        others = await self._sharing(connection)
        try:
            if not await self._is_system_user(connection):
                if others and not may_cut_off(connection, others):
                    raise UsageError("Nothing was disconnected.", hint="")
                at_meta = await revoke(self.graph, connection)
        except (TokenRejected, CheckpointRequired) as error:
            removed = error.subcode == APP_REMOVED
            at_meta = AtMeta.gone if removed else AtMeta.not_told
            reason = "" if removed else str(error)
        ended = at_meta in (AtMeta.revoked, AtMeta.gone)
        return Disconnection(
            client_id=connection.client_id,
            at_meta=at_meta,
            cut_off=tuple(others) if ended else (),
            reason=reason,
        )

    async def _sharing(self, connection: Connection) -> list[str]:
        """Return the other clients of the store that hang on the same grant."""
        stored = await in_thread(self.store.connections)
        return sorted(c.client_id for c in stored if share_grant(c, connection))

    async def _is_system_user(self, connection: Connection) -> bool:
        """Raises what Meta says of a token that has ended."""
        info = await inspected(self.graph, connection.token)
        if info and info.rejection:
            raise info.rejection
        return info is not None and info.is_system_user

    async def _delete(self, result: Disconnection) -> None:
        """Delete what is here; an error says what was done before."""
        try:
            if self.pending:
                # Where there is no secret store, no login waits in it.
                with suppress(ConfigError):
                    await in_thread(self.pending.forget, result.client_id)
            await in_thread(self.store.delete, result.client_id)
        except MetaconnectError as error:
            if result.at_meta is AtMeta.revoked:
                rest = command("disconnect --local-only", result.client_id)
                said = "Meta has revoked the login, but it is still stored. Delete it:"
                error.hint = f"{error.hint}\n{said}  {rest}".strip()
            raise

    async def _deletes_row_without_token(self, client_id: str) -> bool:
        """Delete the row of a client whose token is lost; whether there was one."""
        try:
            await in_thread(self.store.delete, client_id)
        except NotConnected:
            return False
        return True


async def revoke(graph: GraphClient, connection: Connection) -> AtMeta:
    """
    Take the app's permissions back, which ends every token of that person and app.

    https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke
    """
    try:
        body = await graph.request("DELETE", "/me/permissions", token=connection.token)
    except InvalidRequest as error:
        if "SystemUser" in str(error):
            return AtMeta.system_user
        raise
    if body.get("success") is False:
        raise ServiceUnavailable("Meta answered that the login was not revoked.")
    return AtMeta.revoked


def share_grant(one: Connection, other: Connection) -> bool:
    """
    Whether two clients hang on one grant: that of a person to an app.

    A person has another id in each app: what a table has no column for does not
    make two connections differ.
    """
    return (
        one.client_id != other.client_id
        and one.user_facebook_id == other.user_facebook_id
        and _may_be_same(one.app_id, other.app_id)
        and _may_be_same(one.graph_url, other.graph_url)
    )


def _may_be_same(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def whom_it_cuts_off(connection: Connection, others: Sequence[str]) -> str:
    """Return what a person should know before the login is revoked, as a sentence."""
    whose = one_line(connection.user_name or f"user {connection.user_facebook_id}")
    listed = ", ".join(repr(one_line(client_id)) for client_id in others)
    return (
        f"Client {connection.client_id!r} has the login of {whose}, which ends for "
        f"other clients too: {listed}."
    )


def refuse_to_cut_off(connection: Connection, others: Sequence[str]) -> bool:
    """Raise UsageError: nobody is there to allow it."""
    client_id = connection.client_id
    raise UsageError(
        whom_it_cuts_off(connection, others),
        hint=f"End it for all of them:  {command('disconnect --yes', client_id)}\n"
        "Keep it at Meta, and delete only here:  "
        + command("disconnect --keep-grant", client_id),
    )
