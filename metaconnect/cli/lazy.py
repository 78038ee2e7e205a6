"""A group whose commands are imported when they run, not when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


class Command(NamedTuple):
    """
    Where a command is, and its line in the help of the whole program.

    `place` is ``module.attribute`` below this package: a function, or a Typer app of
    several commands. `example` names the constant that stands below the help of a
    function, and `settings` are Click's for it.
    """

    place: str
    summary: str
    example: str = ""
    settings: Mapping[str, object] = MappingProxyType({})


# In the order of the help. A test compares the summaries with the commands' own.
COMMANDS = {
    "connect": Command(
        "connect.connect", "Log in to Meta and save the connection.", "EXAMPLES"
    ),
    "insights": Command(
        "insights.insights",
        "Read Insights and print a table, JSON, NDJSON, CSV and more.",
        "EXAMPLES",
    ),
    "sync": Command(
        "sync.sync",
        "Keep Insights in a table: DuckDB, PostgreSQL or the Supabase project.",
        "EXAMPLES",
    ),
    "query": Command(
        "query.query", "Ask a synced table in SQL, and print the answer.", "EXAMPLES"
    ),
    "audit": Command(
        "audit.audit",
        "Prove that the numbers of a period agree, or name what is missing.",
        "EXAMPLES",
    ),
    "status": Command(
        "status.status",
        "Show every connection: whose it is, when its token expires, whether it works.",
        "EXAMPLES",
    ),
    "refresh": Command(
        "refresh.refresh",
        "Exchange tokens before they expire, and say whether Meta moved the date.",
        "EXAMPLES",
    ),
    "disconnect": Command(
        "disconnect.disconnect",
        "Revoke the login at Meta, then delete the connection.",
        "EXAMPLES",
    ),
    "token": Command(
        "token.token", "Print the access token and nothing else.", "EXAMPLE"
    ),
    "exec": Command(
        "exec.exec_program",
        "Run a program with the client's token in its environment.",
        "EXAMPLES",
        # The options after the program's name are the program's.
        {"allow_interspersed_args": False},
    ),
    "accounts": Command(
        "accounts.app", "The ad accounts that a client's token reaches."
    ),
    "clients": Command("clients.app", "Whom connections belong to."),
    "login": Command(
        "login.login",
        "Sign in to Supabase, so that connections can be saved there.",
        "LOGIN_EXAMPLES",
    ),
    "logout": Command(
        "login.logout", "Sign out of Supabase on this machine.", "LOGOUT_EXAMPLES"
    ),
    "whoami": Command(
        "login.whoami", "Ask Supabase who is signed in.", "WHOAMI_EXAMPLES"
    ),
    "init": Command(
        "init.init",
        "Set metaconnect up: app, store and project, each tried before it is kept.",
        "EXAMPLES",
    ),
    "doctor": Command(
        "doctor.doctor",
        "Check everything that metaconnect needs, and say how to mend what is wrong.",
        "EXAMPLES",
    ),
    "demo": Command(
        "demo.demo",
        "See the whole journey: no Meta app, no Supabase, nothing kept.",
        "EXAMPLES",
    ),
    "sandbox": Command(
        "sandbox.sandbox", "Serve a pretend Meta on this machine.", "EXAMPLES"
    ),
}


class LazyGroup(TyperGroup):
    """
    Shows `COMMANDS` in its help, and loads the one that is called.

    Loading all of them takes as long as most of them take to work.
    """

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, command in COMMANDS.items():
            self.commands[name] = TyperCommand(name, help=command.summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command itself, and the rest of the arguments."""
        if args and args[0] in COMMANDS:
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)


def load(name: str) -> Any:
    """Return a command ready to run."""
    command = COMMANDS[name]
    module_name, _, attribute = command.place.partition(".")
    module = import_module(f".{module_name}", __package__)
    found = getattr(module, attribute)
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False)
        app.command(
            name,
            epilog=getattr(module, command.example),
            context_settings=dict(command.settings),
        )(found)
        found = app
    loaded = get_command(found)
    loaded.name = name
    return loaded
