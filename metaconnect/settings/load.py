"""
Gather the settings, in this order of precedence:

    option > environment > .env.local > .env > config.json of the data folder

`--env-file FILE` takes the place of .env.local and .env. Within one source the
names of a setting are read in the order of `NAMES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .config_file import config_path, read_config
from .env_files import candidates, present, read_env_file
from .names import NAMES
from .provenance import Choice, Layer, Trust, choose
from .values import Settings


def load_settings(
    environ: Mapping[str, str],
    folder: Path | None,
    *,
    env_file: Path | None = None,
    **options: str | None,
) -> Settings:
    """
    Return the settings of every source.

    *folder* is the working folder, None where there is none (see
    `working_folder`). *options* are what the command line said, by field name;
    None means nothing.
    """
    places = [env_file] if env_file else candidates(folder)
    layers = [
        Layer(Trust.OPTION, {NAMES[name][0]: text for name, text in options.items()}),
        Layer(Trust.ENVIRONMENT, environ),
        *(_file_layers(places, named=env_file is not None)),
    ]
    # The data folder is known only now, and config.json cannot change it.
    home = _settings(choose(layers)).folder
    layers.append(Layer(Trust.CONFIG, read_config(home), config_path(home)))
    return _settings(choose(layers), searched=_searched(layers, places))


def _file_layers(places: Sequence[Path], *, named: bool) -> list[Layer]:
    if named:
        return [Layer(Trust.ENV_FILE, read_env_file(path), path) for path in places]
    return [Layer(Trust.FOLDER, read_env_file(path), path) for path in present(places)]


def _settings(choice: Choice, *, searched: Sequence[str] = ()) -> Settings:
    found = choice.found.items()
    return Settings(
        **{setting: chosen.value for setting, chosen in found},
        sources={setting: chosen.source for setting, chosen in found},
        ignored=tuple(choice.ignored),
        withheld=choice.withheld,
        searched=tuple(searched),
    )


def _searched(layers: Sequence[Layer], places: Sequence[Path]) -> list[str]:
    read = {layer.path for layer in layers}
    files = [f"{path}" if path in read else f"{path} (no such file)" for path in places]
    return ["the environment", *files, str(layers[-1].path)]
