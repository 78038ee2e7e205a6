"""Options that more than one command takes."""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from shlex import join
from typing import Annotated, NamedTuple

import typer

from ..constants import Format

FLAGS = frozenset({"--no-input", "--debug", "--service-role"})
VALUES = frozenset({"--env-file", "--store"})
STORES = ("local", "supabase")
_DAYS = {"d": 1, "w": 7}
_MOST_DAYS = 3660


class GlobalOptions(NamedTuple):
    """What the command line says before (or after) the command's own name."""

    env_file: Path | None = None
    store: str | None = None
    service_role: bool = False
    no_input: bool = False
    debug: bool = False

    def for_next(self) -> str:
        """Return the options that decide which connections the next command sees."""
        words = ["--env-file", str(self.env_file)] if self.env_file else []
        words += ["--store", self.store] if self.store else []
        words += ["--service-role"] if self.service_role else []
        return join(words)


def complete_clients(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete a client's id from the store; silent where that cannot be read."""
    from .completion import clients

    return clients(ctx, incomplete)


def _not_empty(value: str | None) -> str | None:
    """Refuse an empty value: an unset variable of a script must not mean "any"."""
    if value == "":
        raise typer.BadParameter("it is empty.")
    return value


def none_empty(values: list[str] | None) -> list[str] | None:
    for value in values or ():
        _not_empty(value)
    return values


def days_in(text: str) -> int:
    """Return how many days a text like 14d or 2w means."""
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdecimal() and unit in _DAYS):
        raise typer.BadParameter(f"{text!r} is no time like 14d or 2w.")
    if (days := int(number[:9]) * _DAYS[unit]) > _MOST_DAYS:
        raise typer.BadParameter("at most ten years.")
    return days


def _a_time(text: str | None) -> str | None:
    if text is not None:
        days_in(text)
    return text


ClientOption = Annotated[
    str | None,
    typer.Option(
        "--client",
        metavar="ID",
        help="Whose connection. Default: METACONNECT_CLIENT, else the only one.",
        autocompletion=complete_clients,
        callback=_not_empty,
    ),
]
ClientsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--client",
        metavar="ID",
        help="Only this client; may be given several times.",
        autocompletion=complete_clients,
        callback=none_empty,
    ),
]
TogetherOption = Annotated[
    list[str] | None,
    typer.Option(
        "--client",
        metavar="ID",
        help="Whose connection; several share one login. Default: METACONNECT_CLIENT, "
        "else the only one.",
        autocompletion=complete_clients,
        callback=none_empty,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{', '.join(Format)}. Default: table on a terminal, else json.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
WithinOption = Annotated[
    str | None,
    typer.Option(
        "--within",
        metavar="TIME",
        help="Only tokens that expire within this time, such as 20d or 3w.",
        callback=_a_time,
    ),
]
NoBrowserOption = Annotated[
    bool, typer.Option("--no-browser", help="Print the address; open nothing.")
]
HttpsOption = Annotated[
    bool,
    typer.Option(
        "--https",
        help="Listen on https://localhost, for a Live app that lists that address.",
    ),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option(
        "--cert", metavar="FILE", help="With --https and --key: the certificate, PEM."
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The certificate's private key, PEM."),
]
NoRefreshOption = Annotated[
    bool,
    typer.Option(
        "--no-refresh",
        help="Do not extend a token that has less than seven days left.",
    ),
]
TimeoutOption = Annotated[
    int,
    typer.Option(
        metavar="SECONDS", min=1, max=86_400, help="How long to wait for the browser."
    ),
]


def only_one(values: Sequence[str] | None, option: str) -> str | None:
    """Return the one value of an option that may be given once, and not empty."""
    from ..errors import UsageError

    if not values:
        return None
    if len(values) > 1:
        raise UsageError(f"{option} can be given once.")
    if not values[0]:
        raise UsageError(f"{option} is empty.")
    return values[0]


def one_each(
    values: Sequence[str] | None, option: str, clients: Sequence[str]
) -> tuple[str | None, ...]:
    """Return a value for each of *clients*: the one that is given, or its own."""
    from ..errors import UsageError

    if len(clients) < 2 or len(values or ()) < 2:  # noqa: PLR2004
        return (only_one(values, option),) * max(1, len(clients))
    given = tuple(only_one([value], option) for value in values or ())
    if len(given) != len(clients):
        raise UsageError(
            f"Give {option} once, or for each of the {len(clients)} clients."
        )
    return given


def require_one_way(
    clients: Sequence[str] | None,
    accounts: Sequence[str] | None,
    *,
    every: bool,
    all_accounts: bool,
) -> None:
    """Raise UsageError where it is said twice, differently, whose rows are meant."""
    from ..errors import UsageError

    if "" in (accounts or ()):
        raise UsageError("--account is empty.")
    if every and clients:
        raise UsageError("--all and --client exclude each other.")
    if all_accounts and accounts:
        raise UsageError("--all-accounts and --account exclude each other.")
    if accounts and (every or len(clients or ()) > 1):
        raise UsageError(
            "--account is one client's: give one --client, or --all-accounts."
        )


def own(arguments: Sequence[str]) -> Sequence[str]:
    """Return *arguments* up to ``--``: what follows may be another program's."""
    return list(takewhile(lambda argument: argument != "--", arguments))


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON in so many words, even a wrong one."""
    text = " ".join(own(arguments)).replace("--format=", "--format ") + " "
    return any(
        f" {asked} " in f" {text}"
        for asked in ("--json", "--format json", "--format ndjson")
    )


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
