"""Options that more than one command takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

FLAGS = frozenset({"--no-input", "--debug", "--service-role"})
VALUES = frozenset({"--env-file", "--store"})

ClientOption = Annotated[
    str | None,
    typer.Option(
        "--client",
        metavar="ID",
        help="Whose connection. Default: METACONNECT_CLIENT, else the only one.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class GlobalOptions:
    """What the command line says before (or after) the command's own name."""

    env_file: Path | None = None
    store: str | None = None
    service_role: bool = False
    no_input: bool = False
    debug: bool = False


def globals_first(arguments: Sequence[str]) -> list[str]:
    """
    Return *arguments* with the global options in front, wherever they stood.

    What follows ``--`` belongs to another program and stays as it is.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in FLAGS or argument.partition("=")[0] in VALUES:
            front.append(argument)
            if argument in VALUES:
                front += [value for value in [next(waiting, None)] if value is not None]
        else:
            rest.append(argument)
    return front + rest
