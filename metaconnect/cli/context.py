"""What a command works with: the settings, the program, and how to ask the person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ..errors import NoSecretStore, UsageError
from .options import GlobalOptions
from .report import notice
from .terminal import is_interactive, say

if TYPE_CHECKING:  # --help and usage errors go without
    from ..api import AsyncMetaconnect
    from ..flows.accounts import PickAdAccount
    from ..flows.clients import PickClient
    from ..settings import Settings


class CommandContext:
    """One command's context; `settings` can be given in the place of the sources."""

    def __init__(
        self, options: GlobalOptions, *, settings: Settings | None = None
    ) -> None:
        self.options = options
        self._settings = settings

    @cached_property
    def settings(self) -> Settings:
        from ..settings import load_settings, working_folder

        if self._settings:
            return self._settings
        settings = load_settings(
            os.environ,
            working_folder(),
            env_file=self.options.env_file,
            store=self.options.store,
            service_role="1" if self.options.service_role else None,
            read_stored=_read_stored,
        )
        for source in settings.ignored:
            say(
                f"Ignored: {source.name} in {source.path}, a file found in the working "
                "folder. To use it, export it or name the file with --env-file."
            )
        return settings

    def use_config_id(self, config_id: str) -> None:
        """Log in with that configuration of Facebook Login for Business."""
        from msgspec.structs import replace

        self.settings = replace(self.settings, config_id=config_id)

    def meta(self, *, max_wait: float | None = None) -> AsyncMetaconnect:
        """
        Return the program; the caller closes it.

        *max_wait* is how many seconds it may wait for a quota of Meta's.
        """
        from ..api import AsyncMetaconnect

        if self.settings.project_needs_leave and self.settings.store_kind != "local":
            self.ask_for_leave()
        if max_wait is None:
            return AsyncMetaconnect(self.settings, notice=notice)
        return AsyncMetaconnect(self.settings, notice=notice, max_wait=max_wait)

    def ask_for_leave(self) -> None:
        """Let the person allow a project that only a file of the folder names."""
        from ..settings import allow_project, is_project_allowed
        from .prompts import confirm

        if not self.interactive or is_project_allowed(self.settings):
            return
        say(
            f"{self.settings.project_needs_leave}, a file found in the working folder, "
            f"names the Supabase project {self.settings.supabase_url}."
        )
        if confirm("Sign in and keep connections there?"):
            allow_project(self.settings)

    @property
    def interactive(self) -> bool:
        return is_interactive() and not self.options.no_input

    def require_interactive(self, option: str) -> None:
        """Raise UsageError, naming *option*, where nobody can be asked."""
        if not self.interactive:
            raise UsageError(f"Nobody can be asked here: give {option}.")

    @property
    def pick_ad_account(self) -> PickAdAccount | None:
        """How to ask for an ad account; None where nobody can be asked."""
        if not self.interactive:
            return None
        from .prompts import pick_ad_account

        return pick_ad_account

    def pick_ad_account_of(self, client_id: str) -> PickAdAccount | None:
        """How to ask for the ad account of one of several clients."""
        if not self.interactive:
            return None
        from .prompts import pick_ad_account

        return partial(pick_ad_account, client_id=client_id)

    @property
    def pick_client(self) -> PickClient | None:
        """How to ask for a client; None where nobody can be asked."""
        if not self.interactive:
            return None
        from .prompts import pick_client

        return pick_client

    def choose_secret_backend(self, meta: AsyncMetaconnect) -> None:
        """
        Make sure that secrets can be kept, and remember where.

        Where there is no keyring that works a file is used only if the person
        says so, once. Raises NoSecretStore elsewhere.
        """
        from ..settings import remember

        kind = self.settings.secrets_kind
        if kind is None:
            kind = self._keyring_or_file(meta)
        else:
            meta.parts.secrets.check()
        remember(self.settings.folder, "METACONNECT_SECRETS", kind)

    def _keyring_or_file(self, meta: AsyncMetaconnect) -> str:
        from .prompts import confirm

        try:
            meta.parts.secrets.check()
        except NoSecretStore as exc:
            if not self.interactive:
                raise
            say(str(exc))
            if not confirm("Keep secrets in a file that only you can read (0600)?"):
                raise
            meta.parts.use_secret_file()
            meta.parts.secrets.check()
            return "file"
        return "keyring"


def _read_stored(settings: Settings) -> Mapping[str, str]:
    from ..parts import read_stored_settings  # only where something is stored

    return read_stored_settings(settings)
