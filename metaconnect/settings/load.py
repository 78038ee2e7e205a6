"""
Gather the settings, in this order of precedence:

    option > environment > .env.local > .env > what `init` stored

which is config.json of the data folder, and the secret store for secrets.

`--env-file FILE` takes the place of .env.local and .env. Within one source the
names of a setting are read in the order of `NAMES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..errors import MetaconnectError
from .config_file import config_path, read_config, stored_names
from .env_files import candidates, present, read_env_file
from .names import NAMES
from .provenance import Choice, Layer, Trust, choose
from .values import Settings

# Returns secrets by setting name, from the secret store that the settings name.
ReadStored = Callable[[Settings], Mapping[str, str]]


def load_settings(
    environ: Mapping[str, str],
    folder: Path | None,
    *,
    env_file: Path | None = None,
    read_stored: ReadStored | None = None,
    **options: str | None,
) -> Settings:
    """
    Return the settings of every source.

    *folder* is the working folder, None where there is none (see
    `working_folder`). *options* are what the command line said, by field name;
    None means nothing. *read_stored* is called only where the secret store has a
    setting that is found nowhere else; where it fails, `searched` says so.
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
    settings = _settings(choose(layers), searched=_searched(layers, places))
    names = [name for name in stored_names(home) if settings.is_missing(name)]
    if read_stored is None or not names:
        return settings
    return _with_stored(settings, layers, names, read_stored)


def _with_stored(
    settings: Settings,
    layers: Sequence[Layer],
    names: Sequence[str],
    read_stored: ReadStored,
) -> Settings:
    """Return *settings* with those of *names* that the secret store has."""
    searched = settings.searched
    try:
        stored = read_stored(settings)
    except MetaconnectError as error:
        return _settings(choose(layers), searched=[*searched, _unreadable(error)])
    last = Layer(Trust.CONFIG, {name: stored.get(name) for name in names})
    return _settings(choose([*layers, last]), searched=[*searched, "the secret store"])


def _unreadable(error: MetaconnectError) -> str:
    return f"the secret store, where it is kept, cannot be read: {error}"


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
