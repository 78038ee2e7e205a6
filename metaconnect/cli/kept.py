"""Logins that are completed but not saved: what a person is told of them."""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import MetaconnectError
from ..flows.connect import kept_hint
from .prompts import confirm
from .terminal import say

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from .context import CommandContext


def kept_client(
    named: str | None,
    context: CommandContext,
    meta: AsyncMetaconnect,
) -> str | None:
    """Return the client whose login is kept, if the person would rather finish it."""
    if not context.interactive:
        return None
    pending = meta.parts.pending
    client_id = named or next(iter(pending.clients()), None)
    login = pending.find(client_id) if client_id else None
    if login is None:
        return None
    when = login.created_at.astimezone().strftime("%H:%M")
    question = f"A login of client {client_id!r} at {when} was not saved."
    wanted = confirm(f"{question} Finish it, without the browser?")
    return client_id if wanted else None


def say_what_is_kept(client_id: str, meta: AsyncMetaconnect, error: object) -> None:
    """After Ctrl-C, say that the login is not lost."""
    if not isinstance(error, (KeyboardInterrupt, CancelledError)):
        return
    with suppress(MetaconnectError):
        if meta.parts.pending.find(client_id):
            say(f"\n{kept_hint(client_id)}")
