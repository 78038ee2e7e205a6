"""`metaconnect sandbox`: serve the pretend Meta for other programs' tests."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import ConfigError, UsageError

Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Where to listen; 0 is any free one.")
]
EnvFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write the settings for --env-file to FILE, readable by you only.",
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Write over any FILE that is there.")
]


EXAMPLES = "Example:  metaconnect sandbox --port 8766"


def sandbox(port: Port = 8766, write_env: EnvFile = None, force: Force = False) -> None:
    """
    Serve a pretend Meta on this machine.

    It speaks like Meta's Login dialog, Graph API and Insights, with numbers
    made up, and answers with any of Meta's errors on request.

    \b
      metaconnect sandbox
      metaconnect sandbox --write-env sandbox.env
      metaconnect --env-file sandbox.env connect --client sandbox-client
    """
    from ..sandbox.env_file import EnvFileExists
    from ..sandbox.server import serve
    from .terminal import say

    try:
        serve(port, env_file=write_env, force=force, say=say)
    except EnvFileExists as exc:
        raise UsageError(
            f"{write_env} exists, and the sandbox has not written it.",
            hint="Name another file with --write-env, or replace it with --force.",
        ) from exc
    except OSError as exc:
        raise _refused(exc, port, write_env) from exc


def _refused(problem: OSError, port: int, file: Path | None) -> ConfigError:
    # An error of a socket names no file.
    if problem.filename is not None:
        return ConfigError(f"{file} cannot be written: {problem.strerror}.")
    return ConfigError(
        f"Port {port} cannot be listened on: {problem.strerror}.",
        hint="Take any free one: metaconnect sandbox --port 0",
    )
