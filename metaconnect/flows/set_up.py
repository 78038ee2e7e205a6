"""Setting up: settings are tried before they are stored."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import (
    ConfigError,
    MetaconnectError,
    TablesMissing,
    TokensExposed,
    Unavailable,
)
from ..graph.tokens import probe_app
from ..settings import NAMES, Settings, remember, remember_stored
from ..settings.names import SECRET
from ..stores.secrets import SecretStore
from ..stores.settings import store_setting
from .doctor.finding import Program
from .doctor.supabase import check_project


async def app_problem(program: Program) -> ConfigError | Unavailable | None:
    """
    Return why the app id and secret cannot be right, None where Meta takes them.

    Unavailable: nobody knows, because Meta gave no answer.
    """
    try:
        probe = await probe_app(program.graph, program.app)
    except (ConfigError, Unavailable) as error:
        return error
    if probe.error is None or isinstance(probe.error, (ConfigError, Unavailable)):
        return probe.error
    return Unavailable(str(probe.error))


async def project_problem(program: Program) -> MetaconnectError | None:
    """Return why the Supabase URL and key cannot be right, None where they are."""
    try:
        await check_project(program)
    except (TokensExposed, TablesMissing):
        return None  # it is the right project: `doctor` says what it lacks
    except MetaconnectError as error:
        return error
    return None


def store_settings(
    answers: Mapping[str, str], settings: Settings, secrets: SecretStore
) -> None:
    """Keep *answers* by setting: secrets in the secret store, others in config.json."""
    for setting, value in answers.items():
        name = NAMES[setting][0]
        if setting in SECRET:
            store_setting(secrets, name, value)
            remember_stored(settings.folder, name)
        else:
            remember(settings.folder, name, value)
