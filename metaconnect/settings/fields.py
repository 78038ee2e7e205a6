"""The settings as text, and where each came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..errors import ConfigError
from ..redact import remember_secret
from .names import DESTINATION, NAMES, SECRET, WHERE_TO_FIND
from .provenance import Source, Trust


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """
    Every setting as text, or None where no source has it.

    `sources` has the source of each value that `load_settings` found. What a
    file in the working folder may not set is in `ignored`, a secret that must
    not go where it would be sent in `withheld`, the places that were looked at
    in `searched`.
    """

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
    sync_to: str | None = None
    home: str | None = None

    sources: Mapping[str, Source] = msgspec.field(default_factory=dict)
    ignored: tuple[Source, ...] = ()
    withheld: Mapping[str, Source] = msgspec.field(default_factory=dict)
    searched: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in SECRET:
            remember_secret(getattr(self, name))

    def __repr__(self) -> str:
        shown = ", ".join(
            # "@": a URL may hold a password, although it is refused when used.
            f"{name}={'***' if name in SECRET or '@' in value else repr(value)}"
            for name in NAMES
            if (value := getattr(self, name)) is not None
        )
        return f"Settings({shown})"

    def name_of(self, setting: str) -> str:
        """Return the name that *setting* was read from, or should be."""
        source = self.sources.get(setting)
        return source.name if source else NAMES[setting][0]

    def is_missing(self, name: str) -> bool:
        """Whether no source has the setting whose first name is *name*."""
        (setting,) = (s for s, names in NAMES.items() if names[0] == name)
        return getattr(self, setting) is None

    @property
    def project_needs_leave(self) -> Path | None:
        """
        Return the file in the working folder that names the Supabase project,
        None where a more trusted source does, or there is no project.
        """
        source = self.sources.get("supabase_url")
        return source.path if source and source.trust is Trust.FOLDER else None

    def require(self, *settings: str) -> None:
        """Raise ConfigError naming every one of *settings* that is missing."""
        missing = [name for name in settings if getattr(self, name) is None]
        if not missing:
            return
        names = ", ".join(NAMES[name][0] for name in missing)
        hints = [
            WHERE_TO_FIND.get(NAMES[missing[0]][0], "")
            + "Set them with  metaconnect init, or in the environment, .env.local or "
            ".env.",
            *self._other_names(missing),
            *(self.why_withheld(name) for name in missing if name in self.withheld),
            *self._where_searched(),
        ]
        raise ConfigError(
            f"Missing setting{'s' * (len(missing) > 1)}: {names}.",
            hint="\n".join(hints),
        )

    def _other_names(self, missing: list[str]) -> list[str]:
        return [
            f"{NAMES[name][0]} is also read as {', '.join(NAMES[name][1:])}."
            for name in missing
            if NAMES[name][1:]
        ]

    def why_withheld(self, setting: str) -> str:
        """Say why a secret that exists is not used."""
        withheld = self.withheld[setting]
        destination = self.sources[DESTINATION[setting]]
        return (
            f"{withheld.name} from {withheld} is not used with {destination.name} "
            f"from {destination}: set both in the same place."
        )

    def _where_searched(self) -> list[str]:
        if not self.searched:
            return []
        return ["Searched:", *(f"  {place}" for place in self.searched)]
