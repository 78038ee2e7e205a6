"""
Builds the parts from the settings: the only file that names concrete ones.

Heavy parts are imported where they are built, so that --help stays quick.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NoSecretStore, UsageError
from ..flows.accounts import Pick as PickAdAccount
from ..flows.clients import Pick as PickClient
from ..graph.client import GraphClient
from ..settings import Settings, load_settings, remember
from ..stores.base import ConnectionStore
from ..stores.local import LocalStore
from ..stores.pending import PendingLogins
from ..stores.secrets import FileSecretStore, open_secret_store
from .options import GlobalOptions
from .terminal import confirm, is_interactive, say

if TYPE_CHECKING:  # loaded where they are built: most commands go without
    from ..stores.supabase.clients import ClientAdmin
    from ..stores.supabase.project import SupabaseProject
    from ..stores.supabase.session import SessionManager


class Wiring:
    """Each part is built once, when it is first asked for."""

    def __init__(
        self, options: GlobalOptions, *, settings: Settings | None = None
    ) -> None:
        self._options = options
        self._settings = settings

    @cached_property
    def settings(self) -> Settings:
        return self._settings or load_settings(
            os.environ,
            Path.cwd(),
            env_file=self._options.env_file,
            store=self._options.store,
            service_role="1" if self._options.service_role else None,
        )

    @property
    def interactive(self) -> bool:
        return is_interactive() and not self._options.no_input

    @cached_property
    def vault(self) -> FileSecretStore:
        return open_secret_store(
            self.settings.folder, self.settings.secrets_kind or "keyring"
        )

    @cached_property
    def pending(self) -> PendingLogins:
        return PendingLogins(self.vault)

    @cached_property
    def store(self) -> ConnectionStore:
        if self.settings.store_kind == "local":
            return LocalStore(self.settings.folder, self.vault)
        from ..stores.supabase.store import SupabaseStore

        return SupabaseStore(self._project, self._bearer, self._renew)

    @cached_property
    def client_admin(self) -> ClientAdmin:
        """Raises UsageError for the local store, which has no clients' table."""
        if self.settings.store_kind == "local":
            raise UsageError(
                "On this machine a client comes with its connection.",
                hint="Make one:  metaconnect connect --client NAME",
            )
        from ..stores.supabase.clients import ClientAdmin

        return ClientAdmin(self._project, self._bearer, self._renew)

    @cached_property
    def sessions(self) -> SessionManager:
        from ..stores.supabase.session import SessionManager

        return SessionManager(self._project, lambda: self.vault, self.settings.folder)

    @cached_property
    def _project(self) -> SupabaseProject:
        from ..stores.supabase.project import SupabaseProject

        url, key = self.settings.supabase
        return SupabaseProject(url, key, self.settings.supabase_key)

    def _bearer(self) -> str:
        # The service role is nobody's session: its key speaks for itself.
        if self.settings.uses_service_role:
            return self._project.key
        return self.sessions.bearer()

    def _renew(self, rejected: str) -> str:
        return self.sessions.renew(rejected)

    def graph(self) -> GraphClient:
        """A new client; the caller closes it."""
        return GraphClient(
            self.settings.meta_host,
            app_secret=self.settings.meta_app_secret,
            notice=say,
        )

    def require_interactive(self, option: str) -> None:
        """Raise UsageError, naming *option*, where nobody can be asked."""
        if not self.interactive:
            raise UsageError(f"Nobody can be asked here: give {option}.")

    @property
    def ad_account_picker(self) -> PickAdAccount | None:
        """How to ask for an ad account; None where nobody can be asked."""
        if not self.interactive:
            return None
        from .pick import pick_ad_account

        return pick_ad_account

    @property
    def client_picker(self) -> PickClient | None:
        """How to ask for a client; None where nobody can be asked."""
        if not self.interactive:
            return None
        from .pick import pick_client

        return pick_client

    def choose_secret_backend(self) -> None:
        """
        Make sure that secrets can be kept, and remember where.

        Where there is no keyring that works a file is used only if the person
        says so, once. Raises NoSecretStore elsewhere.
        """
        if self.settings.secrets_kind is not None:
            self.vault.check()
            remembered = self.settings.secrets_kind
        else:
            remembered = self._keyring_or_file()
        remember(self.settings.folder, "METACONNECT_SECRETS", remembered)

    def _keyring_or_file(self) -> str:
        try:
            self.vault.check()
        except NoSecretStore as exc:
            if not self.interactive:
                raise
            say(str(exc))
            file = open_secret_store(self.settings.folder, "file")
            if not confirm("Keep secrets in a file that only you can read (0600)?"):
                raise
            file.check()
            self._use(file)
            return "file"
        return "keyring"

    def _use(self, vault: FileSecretStore) -> None:
        self.vault = vault
        for part in (
            "store",
            "pending",
            "sessions",
        ):  # built on the other one, if at all
            self.__dict__.pop(part, None)


def now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)
