"""
Builds the parts from the settings: the only module that names concrete ones.

Heavy parts are imported where they are built: most processes go without.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from .errors import UsageError
from .graph.client import GraphClient
from .graph.http import open_http
from .graph.throttle import Throttle
from .graph.waits import MAX_WAIT
from .models import MetaApp
from .settings import Settings, require_allowed_project
from .stores.base import ConnectionStore
from .stores.local import LocalStore
from .stores.pending import PendingLogins
from .stores.secrets import FileSecretStore, open_secret_store
from .stores.settings import stored_settings

if TYPE_CHECKING:  # loaded where they are built
    import httpx

    from .graph.shared import SharedPauses
    from .stores.started import StartedLogins
    from .stores.supabase.clients import ClientAdmin
    from .stores.supabase.project import SupabaseProject
    from .stores.supabase.session import SessionManager
    from .warehouse.base import Target

Notice = Callable[[str], None]
_log = logging.getLogger("metaconnect")
_log.addHandler(logging.NullHandler())  # silent until the program that imports us logs
log_notice = _log.warning


def read_stored_settings(settings: Settings) -> Mapping[str, str]:
    """Return the settings that `init` put into the secret store."""
    kind = settings.secrets_kind or "keyring"
    return stored_settings(open_secret_store(settings.folder, kind))


class Parts:
    """Each part is built once, when it is first asked for."""

    def __init__(
        self, settings: Settings, notice: Notice, *, max_wait: float = MAX_WAIT
    ) -> None:
        self.settings = settings
        self._max_wait = max_wait
        self._notice = notice

    async def aclose(self) -> None:
        """Close the HTTP connections that were opened; the next use opens new ones."""
        self.__dict__.pop("graph", None)
        self.__dict__.pop("_shared_pauses", None)
        if http := self.__dict__.pop("http", None):
            await http.aclose()

    @cached_property
    def secrets(self) -> FileSecretStore:
        kind = self.settings.secrets_kind or "keyring"
        return open_secret_store(self.settings.folder, kind)

    @cached_property
    def pending(self) -> PendingLogins:
        return PendingLogins(self.secrets, self._scope)

    @cached_property
    def started(self) -> StartedLogins:
        from .stores.started import StartedLogins

        return StartedLogins(self.secrets, self._scope)

    @property
    def _scope(self) -> str:
        """What no login is carried across."""
        scope = (self.store.name, self.settings.meta_host.graph_url, self.app.app_id)
        return " ".join(scope)

    @cached_property
    def store(self) -> ConnectionStore:
        if self.settings.store_kind == "local":
            return LocalStore(self.settings.folder, self.secrets)
        from .stores.supabase.store import SupabaseStore

        return SupabaseStore(self.project, self._bearer, self._renew)

    @cached_property
    def client_admin(self) -> ClientAdmin:
        """Raises UsageError for the local store, which has no table of clients."""
        if self.settings.store_kind == "local":
            raise UsageError(
                "On this machine a client comes with its connection.",
                hint="Make one:  metaconnect connect",
            )
        from .stores.supabase.clients import ClientAdmin

        return ClientAdmin(self.project, self._bearer, self._renew)

    @cached_property
    def sessions(self) -> SessionManager:
        from .stores.supabase.session import SessionManager

        return SessionManager(self.project, lambda: self.secrets, self.settings.folder)

    @cached_property
    def app(self) -> MetaApp:
        return self.settings.meta_app

    @cached_property
    def http(self) -> httpx.AsyncClient:
        """The one pool of connections to Meta."""
        return open_http(self.settings.meta_host)

    @cached_property
    def graph(self) -> GraphClient:
        return GraphClient(
            self.settings.meta_host,
            app=self._app_if_known,
            http=self.http,
            throttle=Throttle(max_wait=self._max_wait),
            notice=self._notice,
        )

    def share_limits(self) -> None:
        """
        Let what is learnt of Meta's quotas hold for all processes that use the store.

        A project keeps it for the service role alone. A store that cannot do it is
        asked no more, and nothing else changes.
        """
        if self._shared_pauses is not None:
            self.graph.share_limits(self._shared_pauses)

    @cached_property
    def _shared_pauses(self) -> SharedPauses | None:
        from .flows.shared_limits import shared_pauses

        if self.settings.store_kind == "local":
            from .stores.quotas import LocalQuotas

            return shared_pauses(LocalQuotas(self.settings.folder))
        if not self.settings.uses_service_role:
            return None
        from .stores.supabase.quotas import SupabaseQuotas

        return shared_pauses(SupabaseQuotas(self.project, self._bearer))

    def target(self, place: str) -> Target:
        """
        Open where Insights are kept: a DuckDB file, postgresql://…, supabase.

        Raises UsageError, ConfigError and StoreError. The caller closes it.
        """
        from .warehouse.place import SUPABASE, duckdb_path, is_postgres

        if place == SUPABASE:
            from .warehouse.project import ProjectTarget

            return ProjectTarget(self.project, self._bearer, self._renew)
        if is_postgres(place):
            from .warehouse.postgres import PostgresTarget

            return PostgresTarget(place)
        from .warehouse.duck import DuckTarget

        return DuckTarget(duckdb_path(place))

    def use_secret_file(self) -> None:
        """Keep secrets in a file that only this user can read, without a keyring."""
        self.secrets = open_secret_store(self.settings.folder, "file")
        for built_on_it in ("store", "pending", "started", "sessions", "client_admin"):
            self.__dict__.pop(built_on_it, None)

    def now(self) -> datetime:
        """The one clock."""
        return datetime.now(UTC)

    @property
    def _app_if_known(self) -> MetaApp | None:
        """The app whose secret proves our requests; reading goes without one."""
        if not self.settings.meta_app_secret:
            return None
        return MetaApp(
            app_id=self.settings.meta_app_id or "",
            app_secret=self.settings.meta_app_secret,
        )

    @cached_property
    def project(self) -> SupabaseProject:
        from .stores.supabase.project import SupabaseProject

        require_allowed_project(self.settings)
        url, key = self.settings.supabase
        return SupabaseProject(url, key, self.settings.supabase_key)

    def _bearer(self) -> str:
        # The service role is nobody's session: its key speaks for itself.
        if self.settings.uses_service_role:
            return self.project.key
        return self.sessions.bearer()

    def _renew(self, rejected: str) -> str:
        """Return a fresh access token in the place of one that was rejected."""
        return self.sessions.renew(rejected)
