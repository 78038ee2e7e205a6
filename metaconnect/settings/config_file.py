"""The config file of the data folder: what a person was asked once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..private_files import private_folder, require_private, write_private
from .names import NAMES, SECRET

# What may stand in it: the first name of each setting. Secrets are kept in the
# secret store, and the data folder cannot be named by a file that is in it.
CONFIG_NAMES = frozenset(
    names[0]
    for setting, names in NAMES.items()
    if setting not in SECRET and setting != "home"
)

SECRET_NAMES = frozenset(NAMES[setting][0] for setting in SECRET)
# The names of the settings that are in the secret store: it is opened for no other.
STORED_SECRETS = "stored_secrets"


def config_path(folder: Path) -> Path:
    return folder / "config.json"


def read_config(folder: Path) -> Mapping[str, str]:
    """
    Return the settings in config.json; other keys are ignored.

    Raises ConfigError where the file cannot be read, or others could have
    written it.
    """
    return {
        name: value
        for name, value in read_all(folder).items()
        if name in CONFIG_NAMES and isinstance(value, str)
    }


def remember(folder: Path, name: str, value: str) -> None:
    """Keep an answer in config.json, for the runs to come. Not for secrets."""
    if name not in CONFIG_NAMES:
        raise ValueError(f"{name} is not kept in config.json")
    write_all(folder, {**read_all(folder), name: value})


def remember_stored(folder: Path, name: str) -> None:
    """Note that the secret store has the setting *name*."""
    names = {*stored_names(folder), name}
    write_all(folder, {**read_all(folder), STORED_SECRETS: sorted(names)})


def stored_names(folder: Path) -> frozenset[str]:
    """Return the names of the settings that are in the secret store."""
    noted = read_all(folder).get(STORED_SECRETS)
    return SECRET_NAMES.intersection(map(str, noted if isinstance(noted, list) else ()))


def read_all(folder: Path) -> dict[str, Any]:
    """Return everything in config.json. Raises ConfigError."""
    path = config_path(folder)
    require_private(folder)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.") from exc
    except (ValueError, RecursionError) as exc:
        raise _damaged(path) from exc
    if not isinstance(values, dict):
        raise _damaged(path)
    return values


def write_all(folder: Path, values: Mapping[str, Any]) -> None:
    """Replace config.json. Raises ConfigError."""
    path = config_path(folder)
    private_folder(folder)
    try:
        write_private(path, json.dumps(values, indent=2).encode() + b"\n")
    except OSError as exc:
        raise ConfigError(f"{path} cannot be written: {exc.strerror}.") from exc


def _damaged(path: Path) -> ConfigError:
    return ConfigError(f"{path} cannot be read.", hint="Mend or delete it.")
