"""The settings as the rest of the program needs them."""

from __future__ import annotations

import re
from pathlib import Path

from ..constants import DEFAULT_SCOPES, DEFAULT_VERSION, META_DIALOG_URL, META_GRAPH_URL
from ..errors import ConfigError
from ..models import MetaApp, MetaHost
from .checks import (
    absolute_folder,
    base_url,
    header_value,
    key_role,
    one_of,
    refuse_reference,
)
from .fields import Fields
from .names import (
    DASHBOARD_CALLBACK,
    DEFAULT_HTTPS_REDIRECT_URI,
    DEFAULT_REDIRECT_URI,
)


class Settings(Fields, frozen=True, kw_only=True):
    """What follows from the fields. Raises ConfigError where one cannot be used."""

    @property
    def meta_host(self) -> MetaHost:
        """Raises ConfigError where a URL or the version cannot be used."""
        version = self.api_version or DEFAULT_VERSION
        if not re.fullmatch(r"v\d{1,3}\.\d{1,2}", version):
            raise ConfigError(f"META_API_VERSION must look like v26.0, not {version!r}")
        return MetaHost(
            graph_url=self._url("graph_url") or META_GRAPH_URL,
            dialog_url=self._url("dialog_url") or META_DIALOG_URL,
            version=version,
        )

    @property
    def meta_app(self) -> MetaApp:
        """Raises ConfigError naming every missing setting at once."""
        self.require("meta_app_id", "meta_app_secret")
        app_id = self.meta_app_id or ""
        if not app_id.isascii() or not app_id.isdigit():
            raise ConfigError(
                f"{self.name_of('meta_app_id')} must be the app's number.",
                hint="It is at the top of the app's page on "
                "https://developers.facebook.com/apps",
            )
        return MetaApp(
            app_id=app_id,
            app_secret=self._key("meta_app_secret"),
            scopes=self.permissions,
            config_id=self.config_id,
        )

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions that a login asks for, without a configuration's."""
        names = re.split(r"[,\s]+", (self.scopes or "").strip(" ,"))
        return tuple(filter(None, names)) or DEFAULT_SCOPES

    def require_all_for_connecting(self) -> None:
        """Raise ConfigError naming everything missing that connecting needs."""
        supabase = ("supabase_url", self._supabase_key)
        self.require(
            "meta_app_id",
            "meta_app_secret",
            *(supabase if self.store_kind == "supabase" else ()),
        )

    def redirect_uri_for(self, *, paste: bool, https: bool = False) -> str:
        """
        Return the redirect URI; with *paste* it may be the dashboard's own.

        *https* decides the default's scheme, and nothing where one is set.
        """
        if self.redirect_uri:
            return self._with_base_url(self.redirect_uri)
        if paste and (base := self._url("base_url")):
            return base + DASHBOARD_CALLBACK
        return DEFAULT_HTTPS_REDIRECT_URI if https else DEFAULT_REDIRECT_URI

    @property
    def store_kind(self) -> str:
        """Return where connections are kept: "local" or "supabase"."""
        kind = self.store or ("supabase" if self.supabase_url else "local")
        return one_of("METACONNECT_STORE", kind, ("local", "supabase"))

    @property
    def secrets_kind(self) -> str | None:
        """Return where secrets are kept: "keyring", "file", None if nobody said."""
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

        Raises ConfigError naming every missing setting at once, and for either
        key in the place of the other: a secret one would bypass Row-Level
        Security by accident, a publishable one would see nothing.
        """
        setting = self._supabase_key
        self.require("supabase_url", setting)
        key = self._key(setting)
        check = _refuse_secret if setting == "supabase_key" else _refuse_publishable
        check(self.name_of(setting), key)
        return self.project_url, key

    @property
    def project_url(self) -> str:
        """Return the Supabase project's URL. Raises ConfigError."""
        self.require("supabase_url")
        return self._url("supabase_url") or ""

    @property
    def _supabase_key(self) -> str:
        return "service_role_key" if self.uses_service_role else "supabase_key"

    @property
    def folder(self) -> Path:
        """The data folder. It need not exist yet."""
        if self.home:
            return absolute_folder(self.name_of("home"), self.home)
        from platformdirs import user_data_path

        try:
            path = user_data_path("metaconnect", appauthor=False)
        except RuntimeError as exc:
            raise _no_home() from exc
        if not path.is_absolute():  # "~/..." in older releases of platformdirs
            raise _no_home()
        return path

    def _url(self, setting: str) -> str | None:
        value = getattr(self, setting)
        return None if value is None else base_url(self.name_of(setting), value)

    def _key(self, setting: str) -> str:
        return header_value(self.name_of(setting), getattr(self, setting))

    def _with_base_url(self, uri: str) -> str:
        # The one reference that a dashboard's own file may have here.
        if self.base_url:
            base = self.base_url.rstrip("/")
            uri = re.sub(
                r"\$(\{NEXT_PUBLIC_BASE_URL\}|NEXT_PUBLIC_BASE_URL\b)",
                lambda _: base,
                uri,
            )
        refuse_reference(self.name_of("redirect_uri"), uri)
        return uri


def _refuse_secret(name: str, key: str) -> None:
    if key_role(key) == "service_role":
        raise ConfigError(
            f"{name} is a secret key: it bypasses Row-Level Security.",
            hint="Put it into SUPABASE_SERVICE_ROLE_KEY and set "
            "METACONNECT_SERVICE_ROLE=1, or give the publishable key.",
        )


def _refuse_publishable(name: str, key: str) -> None:
    if key_role(key) in ("anon", "authenticated"):
        raise ConfigError(
            f"{name} is a publishable key: it cannot act as the service role.",
            hint="Give the secret key (sb_secret_..., or the legacy service_role "
            "key), or sign in as a user, without the service role.",
        )


def _no_home() -> ConfigError:
    return ConfigError(
        "There is no home folder to keep data in.",
        hint="Name a folder of your own with METACONNECT_HOME.",
    )
