"""
Where settings come from, and the only reader of the environment.

    option > environment > .env.local > .env > config.json of the data folder

Within one source the names of a setting are read in the order of `NAMES`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import ConfigError, UsageError
from .names import NAMES
from .values import Settings


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
