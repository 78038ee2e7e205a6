"""Values that the shell offers while a command is typed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ..errors import MetaconnectError
from .context import CommandContext
from .options import GlobalOptions


def clients(ctx: Any, incomplete: str) -> list[str]:
    """
    Return the clients of the local store that begin with *incomplete*.

    A project's would need a request, and perhaps a login, at every press of Tab.
    """
    given = ctx.find_root().params
    options = GlobalOptions(env_file=given.get("env_file"), store=given.get("store"))
    with suppress(MetaconnectError):
        context = CommandContext(options)
        if context.settings.store_kind == "local":
            found = context.meta().parts.store.clients()
            return [c.id for c in found if c.id.startswith(incomplete)]
    return []


def fields(incomplete: str) -> list[str]:
    """Return the Insights fields that complete the last one of a list with commas."""
    from ..insights.field_sets import SETS
    from ..insights.fields import FIELDS, REMOVED
    from ..insights.picks import PLAIN

    before, comma, last = incomplete.rpartition(",")
    names = [*sorted({*FIELDS, *PLAIN} - REMOVED), *(f"+{name}" for name in SETS)]
    return [f"{before}{comma}{name}" for name in names if name.startswith(last)]
