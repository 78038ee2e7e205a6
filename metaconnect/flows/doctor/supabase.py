"""The Supabase project: what strangers reach, who is signed in, and the tables."""

from __future__ import annotations

from ...errors import MetaconnectError
from ...models import Client
from ...stores.supabase.exposure import ExposureProbe, as_stranger
from ...stores.supabase.store import SupabaseStore
from ..threads import in_thread
from .finding import Finding, Program, fine, warning

ADD_CLIENT = 'Add one:  metaconnect clients add "NAME"'


async def check_project(program: Program) -> list[Finding]:
    """Try with the publishable key alone to read and to write tokens."""
    if not _is_used(program):
        return []
    service_role = program.settings.uses_service_role
    stranger = as_stranger(program.project, is_service_role=service_role)
    client = await in_thread(_first_client, program)
    await in_thread(ExposureProbe(stranger).check, client.id if client else None)
    tried = "neither reads nor writes" if client else "does not read"
    return [fine("Supabase project", f"the publishable key alone {tried} tokens")]


async def check_session(program: Program) -> list[Finding]:
    """Ask Auth whose session this machine has."""
    if not _is_used(program):
        return []
    if program.settings.uses_service_role:
        return [fine("Supabase session", "none is needed: the service role is used")]
    user = await in_thread(program.sessions.user)
    return [fine("Supabase session", f"signed in as {user.email or user.id}")]


async def check_tables(program: Program) -> list[Finding]:
    """Try everything that saving a connection needs, without writing."""
    store = program.store if _is_used(program) else None
    if not isinstance(store, SupabaseStore):
        return []
    clients = await in_thread(store.clients)
    if not clients:
        await in_thread(store.check_columns)
        found = "the columns are there; saving was not tried, as there is no client"
        return [warning("Supabase tables", found, ADD_CLIENT)]
    await in_thread(store.check_saving, clients[0].id)
    name = clients[0].name
    return [fine("Supabase tables", f"a connection of {name!r} could be saved")]


def _is_used(program: Program) -> bool:
    return program.settings.store_kind == "supabase"


def _first_client(program: Program) -> Client | None:
    """Return a client to try a write with, None where none can be seen."""
    try:
        return next(iter(program.store.clients()), None)
    except MetaconnectError:
        return None  # the checks of session and tables say why
