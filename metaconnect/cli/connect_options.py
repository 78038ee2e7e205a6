"""The options of `metaconnect connect`, and what they are together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from .browser import Approve, OpenBrowser


def _digits(config_id: str | None) -> str | None:
    if config_id is not None and not (config_id.isascii() and config_id.isdigit()):
        raise typer.BadParameter("a configuration's id is a number.")
    return config_id


TIMEOUT = 300  # seconds
AccountOption = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        metavar="ACCOUNT",
        help="The ad account: an id (with or without act_), a name, or 'first'. "
        "Of several clients: once for all, or once for each in order.",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Log in even if the token still works.")
]
ResumeOption = Annotated[
    bool,
    typer.Option(
        "--resume", help="Finish a login that could not be saved; no browser."
    ),
]
RerequestOption = Annotated[
    bool,
    typer.Option("--rerequest", help="Ask again for permissions that were declined."),
]
ConfigIdOption = Annotated[
    str | None,
    typer.Option(
        "--config-id",
        metavar="ID",
        help="The configuration of Facebook Login for Business to log in with. "
        "Default: META_CONFIG_ID.",
        callback=_digits,
    ),
]
PasteOption = Annotated[
    bool,
    typer.Option(
        "--paste",
        help="No listener: paste the address that the browser ends on. "
        "Works with any registered redirect URI.",
    ),
]
QrOption = Annotated[
    bool,
    typer.Option(
        "--qr",
        help="With --paste or --start: show the address as a QR code too, for a phone.",
    ),
]
TokenStdinOption = Annotated[
    bool,
    typer.Option(
        "--token-stdin",
        help="Read a token from stdin: a person's or a system user's, of this app.",
    ),
]
StartOption = Annotated[
    bool,
    typer.Option(
        "--start",
        help="Print, as JSON, the address at which somebody logs in; and exit.",
    ),
]
CompleteOption = Annotated[
    str | None,
    typer.Option(
        "--complete",
        metavar="ADDRESS",
        help="Finish what --start began, with the address that the browser ended "
        "on. It holds a code: '-' reads it from stdin, unseen by other users.",
    ),
]
WaitOption = Annotated[
    int | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        min=1,
        max=86_400,
        help="How long to wait for the browser: 300; with --start 3600.",
    ),
]
PrintOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the connection, without its token; of several clients an array.",
    ),
]


class ConnectOptions(NamedTuple):
    """The options of `metaconnect connect`, by their own names."""

    # One for each client.
    accounts: tuple[str | None, ...] = (None,)
    force: bool = False
    resume: bool = False
    rerequest: bool = False
    config_id: str | None = None
    paste: bool = False
    qr: bool = False
    https: bool = False
    cert: Path | None = None
    key: Path | None = None
    token_stdin: bool = False
    start: bool = False
    complete: str | None = None
    timeout: int | None = None
    json: bool = False
    # The demo keeps nothing, and says how to go on by itself.
    is_demo: bool = False
    open_browser: OpenBrowser | None = None
    without_browser: Approve | None = None

    @property
    def account(self) -> str | None:
        """The ad account of the only client."""
        return self.accounts[0]

    @property
    def seconds(self) -> int:
        """How long to wait for the browser."""
        return self.timeout or TIMEOUT

    @property
    def is_plain(self) -> bool:
        """Whether a login that is kept would do as well."""
        another = self.force or self.rerequest or self.config_id or self.start
        ways = self.token_stdin or self.resume or self.complete is not None
        return not (another or ways)
