"""The settings as the rest of the program needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..constants import DEFAULT_SCOPES, DEFAULT_VERSION
from ..errors import ConfigError
from ..models import MetaApp, MetaHost
from .checks import base_url, bypasses_rls, one_of
from .names import (
    DASHBOARD_CALLBACK,
    DEFAULT_REDIRECT_URI,
    NAMES,
    SECRET,
    WHERE_TO_FIND,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """Every setting as text, or None where no source has it."""

    meta_app_id: str | None = None
    meta_app_secret: str | None = None
    redirect_uri: str | None = None
    base_url: str | None = None
    scopes: str | None = None
    config_id: str | None = None
    api_version: str | None = None
    graph_url: str | None = None
    dialog_url: str | None = None
    supabase_url: str | None = None
    supabase_key: str | None = None
    service_role_key: str | None = None
    store: str | None = None
    secrets: str | None = None
    service_role: str | None = None
    client: str | None = None
    home: str | None = None

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={'***' if name in SECRET else repr(value)}"
            for name in NAMES
            if (value := getattr(self, name)) is not None
        )
        return f"Settings({shown})"

    @property
    def meta_host(self) -> MetaHost:
        """Raises ConfigError where a URL or the version cannot be used."""
        version = self.api_version or DEFAULT_VERSION
        if not re.fullmatch(r"v\d{1,3}\.\d{1,2}", version):
            raise ConfigError(f"META_API_VERSION must look like v26.0, not {version!r}")
        return MetaHost(
            graph_url=base_url("META_GRAPH_URL", self.graph_url or MetaHost.graph_url),
            dialog_url=base_url(
                "META_DIALOG_URL", self.dialog_url or MetaHost.dialog_url
            ),
            version=version,
        )

    @property
    def meta_app(self) -> MetaApp:
        """Raises ConfigError naming every missing setting at once."""
        self._require("meta_app_id", "meta_app_secret")
        app_id, app_secret = self.meta_app_id or "", self.meta_app_secret or ""
        if not app_id.isascii() or not app_id.isdigit():
            raise ConfigError(
                "META_APP_ID must be the app's number.",
                hint="It stands at the top of the app's page on "
                "https://developers.facebook.com/apps",
            )
        scopes = re.split(r"[,\s]+", (self.scopes or "").strip(" ,"))
        return MetaApp(
            app_id=app_id,
            app_secret=app_secret,
            scopes=tuple(filter(None, scopes)) or DEFAULT_SCOPES,
            config_id=self.config_id,
        )

    def require_all_for_connecting(self) -> None:
        """Raise ConfigError naming all that connecting needs and nobody set."""
        supabase = ("supabase_url", self._supabase_key)
        self._require(
            "meta_app_id",
            "meta_app_secret",
            *(supabase if self.store_kind == "supabase" else ()),
        )

    def redirect_uri_for(self, *, paste: bool) -> str:
        """Return the redirect URI; with *paste* it may be the dashboard's own."""
        if self.redirect_uri:
            return self.redirect_uri
        if paste and self.base_url:
            base = base_url("NEXT_PUBLIC_BASE_URL", self.base_url)
            return base + DASHBOARD_CALLBACK
        return DEFAULT_REDIRECT_URI

    @property
    def store_kind(self) -> str:
        """Where connections are kept: "local" or "supabase"."""
        kind = self.store or ("supabase" if self.supabase_url else "local")
        return one_of("METACONNECT_STORE", kind, ("local", "supabase"))

    @property
    def secrets_kind(self) -> str | None:
        """Where secrets are kept: "keyring", "file", or None if nobody said."""
        if self.secrets is None:
            return None
        return one_of("METACONNECT_SECRETS", self.secrets, ("keyring", "file"))

    @property
    def uses_service_role(self) -> bool:
        if self.service_role is None:
            return False
        answers = {"1": True, "true": True, "0": False, "false": False}
        one_of("METACONNECT_SERVICE_ROLE", self.service_role.lower(), tuple(answers))
        return answers[self.service_role.lower()]

    @property
    def supabase(self) -> tuple[str, str]:
        """
        The project's URL and the API key to use: publishable, or the service
        role's where that was asked for.

        Raises ConfigError naming every missing setting at once, and for a
        secret key in the place of the publishable one: it would bypass
        Row-Level Security by accident.
        """
        key = self._supabase_key
        self._require("supabase_url", key)
        value = getattr(self, key)
        if key == "supabase_key" and bypasses_rls(value):
            raise ConfigError(
                "The Supabase key that was given is a secret one: "
                "it bypasses Row-Level Security.",
                hint="Put it into SUPABASE_SERVICE_ROLE_KEY and set "
                "METACONNECT_SERVICE_ROLE=1, or give the publishable key.",
            )
        return base_url("SUPABASE_URL", self.supabase_url or ""), value

    @property
    def _supabase_key(self) -> str:
        return "service_role_key" if self.uses_service_role else "supabase_key"

    @property
    def folder(self) -> Path:
        """The data folder. It need not exist yet."""
        if self.home:
            return Path(self.home).expanduser().absolute()
        from platformdirs import user_data_path

        return user_data_path("metaconnect", appauthor=False)

    def _require(self, *settings: str) -> None:
        missing = [NAMES[name] for name in settings if getattr(self, name) is None]
        if missing:
            names = ", ".join(names[0] for names in missing)
            raise ConfigError(
                f"Missing setting{'s' * (len(missing) > 1)}: {names}.",
                hint=WHERE_TO_FIND.get(missing[0][0], "")
                + "Set them in the environment, in .env.local or in .env.",
            )
