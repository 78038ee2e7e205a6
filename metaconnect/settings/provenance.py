"""
Where the values of settings come from, and what each source may decide.

The rule: a secret never goes to a destination that comes from a less trusted
source than the secret itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from .names import DESTINATION, NAMES, NEVER_FROM_FOLDER


class Trust(IntEnum):
    """
    Who could have written a source; greater is more trusted.

    This is not the order of precedence: a file in the working folder comes
    before the config file, but may be part of a repository that was cloned.
    """

    FOLDER = 0
    CONFIG = 1
    ENV_FILE = 2
    ENVIRONMENT = 3
    OPTION = 4


class Source(NamedTuple):
    """Where a value comes from, and the *name* that it has there."""

    trust: Trust
    name: str
    path: Path | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        if self.trust is Trust.CONFIG:
            return "the secret store"
        return "an option" if self.trust is Trust.OPTION else "the environment"


class Found(msgspec.Struct, frozen=True):
    """The value of a setting, and its source."""

    value: str
    source: Source

    def __repr__(self) -> str:
        """Without the value, which may be a secret."""
        return f"Found(source={self.source!r})"


class Layer(msgspec.Struct, frozen=True):
    """All that one source says."""

    trust: Trust
    values: Mapping[str, str | None]
    path: Path | None = None

    def __repr__(self) -> str:
        """Without the values, of which some may be secrets."""
        return f"Layer(trust={self.trust!r}, path={self.path!r})"

    def find(self, setting: str) -> Found | None:
        """Return the first of the setting's names that is not empty."""
        for name in NAMES[setting]:
            if value := (self.values.get(name) or "").strip():
                return Found(value, Source(self.trust, name, self.path))
        return None

    def may_set(self, setting: str) -> bool:
        return self.trust is not Trust.FOLDER or setting not in NEVER_FROM_FOLDER

    def may_send(self, setting: str, destination: Found | None) -> bool:
        """
        Whether this source's value of *setting* may go to *destination*, which
        is None for Meta's own host.

        A Supabase key of a file in the working folder is for the URL that this
        file names, and that URL is for no other key.
        """
        if destination is None:
            return True
        if self.trust > destination.source.trust:
            return False
        if self.trust is Trust.FOLDER and DESTINATION[setting] == "supabase_url":
            own = self.find("supabase_url")
            return own is not None and _same_url(own.value, destination.value)
        return True


class Choice(NamedTuple):
    """
    The values chosen from all layers.

    `ignored` are those of NEVER_FROM_FOLDER that a file in the working folder
    would have set, and `withheld` the secrets that exist but must not go where
    they would be sent.
    """

    found: Mapping[str, Found]
    ignored: Sequence[Source]
    withheld: Mapping[str, Source]


def choose(layers: Sequence[Layer]) -> Choice:
    """Choose a value for each setting; *layers* are in order of precedence."""
    found: dict[str, Found] = {}
    withheld: dict[str, Source] = {}
    # Destinations first: what may be sent depends on them.
    for setting in sorted(NAMES, key=lambda name: name in DESTINATION):
        allowed = _allowed(setting, layers, found)
        if chosen := _first(setting, allowed):
            found[setting] = chosen
        elif setting in DESTINATION and (other := _first(setting, layers)):
            withheld[setting] = other.source
    return Choice(found, _ignored(layers), withheld)


def _same_url(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _allowed(
    setting: str, layers: Iterable[Layer], found: Mapping[str, Found]
) -> list[Layer]:
    if setting in DESTINATION:
        destination = found.get(DESTINATION[setting])
        return [layer for layer in layers if layer.may_send(setting, destination)]
    return [layer for layer in layers if layer.may_set(setting)]


def _ignored(layers: Sequence[Layer]) -> list[Source]:
    would_win = (_first(setting, layers) for setting in sorted(NEVER_FROM_FOLDER))
    return [
        winner.source
        for winner in would_win
        if winner and winner.source.trust is Trust.FOLDER
    ]


def _first(setting: str, layers: Iterable[Layer]) -> Found | None:
    return next(filter(None, (layer.find(setting) for layer in layers)), None)
