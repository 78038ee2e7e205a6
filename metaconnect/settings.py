"""
Where configuration comes from, and the only reader of the environment.

    option > environment > .env.local > .env > config.json of the data folder

Within one source the names of a setting are read in the order given here.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .errors import ConfigError, UsageError
from .models import MetaApp, MetaHost
from .words import DEFAULT_SCOPES, DEFAULT_VERSION

# Setting -> the names it is read from, first wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "meta_app_id": ("META_APP_ID", "NEXT_PUBLIC_META_APP_ID"),
    "meta_app_secret": ("META_APP_SECRET",),
    "redirect_uri": ("META_REDIRECT_URI",),
    "base_url": ("NEXT_PUBLIC_BASE_URL",),
    "scopes": ("META_SCOPES",),
    "config_id": ("META_CONFIG_ID",),
    "api_version": ("META_API_VERSION",),
    "graph_url": ("META_GRAPH_URL",),
    "dialog_url": ("META_DIALOG_URL",),
    "supabase_url": ("SUPABASE_URL", "NEXT_PUBLIC_SUPABASE_URL"),
    "supabase_key": (
        "SUPABASE_KEY",
        "NEXT_PUBLIC_SUPABASE_ANON_KEY",
        "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY",
    ),
    "service_role_key": ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY"),
    "store": ("METACONNECT_STORE",),
    "secrets": ("METACONNECT_SECRETS",),
    "service_role": ("METACONNECT_SERVICE_ROLE",),
    "client": ("METACONNECT_CLIENT",),
    "home": ("METACONNECT_HOME",),
}
SECRET = frozenset({"meta_app_secret", "supabase_key", "service_role_key"})

DEFAULT_REDIRECT_URI = "http://localhost:8765/callback"
DASHBOARD_CALLBACK = "/api/auth/meta/callback"
# Where to find what is missing, by the first name that is.
WHERE_TO_FIND: Mapping[str, str] = {
    "META_APP_ID": "They stand under App settings > Basic of your app on "
    "https://developers.facebook.com/apps\n"
    "(no app yet? Look around first, without one:  metaconnect demo).\n",
    "META_APP_SECRET": "It stands under App settings > Basic of your app on "
    "https://developers.facebook.com/apps\n",
    "SUPABASE_URL": "They stand in the project's dashboard, under API keys.\n",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
            graph_url=_base_url("META_GRAPH_URL", self.graph_url or MetaHost.graph_url),
            dialog_url=_base_url(
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

    def redirect_uri_for(self, *, paste: bool) -> str:
        """Return the redirect URI; with *paste* it may be the dashboard's own."""
        if self.redirect_uri:
            return self.redirect_uri
        if paste and self.base_url:
            base = _base_url("NEXT_PUBLIC_BASE_URL", self.base_url)
            return base + DASHBOARD_CALLBACK
        return DEFAULT_REDIRECT_URI

    @property
    def store_kind(self) -> str:
        """Where connections are kept: "local" or "supabase"."""
        kind = self.store or ("supabase" if self.supabase_url else "local")
        return _one_of("METACONNECT_STORE", kind, ("local", "supabase"))

    @property
    def secrets_kind(self) -> str | None:
        """Where secrets are kept: "keyring", "file", or None if nobody said."""
        if self.secrets is None:
            return None
        return _one_of("METACONNECT_SECRETS", self.secrets, ("keyring", "file"))

    @property
    def uses_service_role(self) -> bool:
        if self.service_role is None:
            return False
        answers = {"1": True, "true": True, "0": False, "false": False}
        _one_of("METACONNECT_SERVICE_ROLE", self.service_role.lower(), tuple(answers))
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
        key = "service_role_key" if self.uses_service_role else "supabase_key"
        self._require("supabase_url", key)
        value = getattr(self, key)
        if key == "supabase_key" and _bypasses_rls(value):
            raise ConfigError(
                "The Supabase key that was given is a secret one: "
                "it bypasses Row-Level Security.",
                hint="Put it into SUPABASE_SERVICE_ROLE_KEY and set "
                "METACONNECT_SERVICE_ROLE=1, or give the publishable key.",
            )
        return _base_url("SUPABASE_URL", self.supabase_url or ""), value

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


def load_settings(
    environ: Mapping[str, str],
    folder: Path,
    *,
    env_file: Path | None = None,
    **options: str | None,
) -> Settings:
    """
    Gather the settings from every source.

    *env_file* is read in the place of .env.local and .env. *options* are
    what the command line said, by field name; None means nothing.
    """
    files = [env_file] if env_file else [folder / ".env.local", folder / ".env"]
    if env_file and not env_file.is_file():
        raise UsageError(f"There is no file {env_file}.")
    sources = [environ, *(_dotenv(file) for file in files if file.is_file())]
    values = {name: options.get(name) or _first(name, sources) for name in NAMES}
    here = Settings(**values)
    stored = _stored(here.folder / "config.json")
    return Settings(**{n: v or _first(n, [stored]) for n, v in values.items()})


def remember(folder: Path, name: str, value: str) -> None:
    """Keep an answer in config.json, for the runs to come. Not for secrets."""
    import json

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "config.json"
    fresh = path.with_name(f"config.json.{os.getpid()}")
    fresh.write_text(json.dumps({**_stored(path), name: value}, indent=2) + "\n")
    fresh.replace(path)


def _first(setting: str, sources: Iterable[Mapping[str, str | None]]) -> str | None:
    for source in sources:
        for name in NAMES[setting]:
            if value := (source.get(name) or "").strip():
                return value
    return None


def _dotenv(path: Path) -> Mapping[str, str | None]:
    from dotenv import dotenv_values

    try:
        return dotenv_values(path)
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}.") from exc


def _stored(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    import json

    try:
        values = json.loads(path.read_text())
        return {str(name): str(value) for name, value in values.items()}
    except (OSError, ValueError, AttributeError) as exc:
        raise ConfigError(f"{path} cannot be read.", hint="Mend or delete it.") from exc


def _base_url(name: str, value: str) -> str:
    """Return *value* without a closing slash, if a secret may be sent there."""
    try:
        url = urlsplit(value)
        port_is_fine = url.port is None or url.port > 0
    except ValueError:
        port_is_fine = False
    secure = port_is_fine and (
        url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
    )
    if not secure or not url.hostname or url.username or url.query or url.fragment:
        raise ConfigError(
            f"{name} must be an https address (or http on localhost), "
            "without a user, a query or a fragment."
        )
    return value.rstrip("/")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def _bypasses_rls(key: str) -> bool:
    """Whether *key* is Supabase's secret one, in the new form or as a JWT."""
    if key.startswith("sb_secret_"):
        return True
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004  a JWT has three parts
        return False
    try:
        claims = urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except ValueError:
        return False
    return b'"service_role"' in claims
