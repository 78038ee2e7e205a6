"""
The paste receiver: the person pastes the address that the browser ended on.

For redirect URIs that do not lead to this machine, and for browsers that run
on another one. It can wait for the same response as a loopback receiver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Self
from urllib.parse import parse_qs

from ..errors import AuthError, AuthorizationDenied
from .authorization import response_params
from .pending import PendingAuthorization
from .stdin import read_line

WHOLE_ADDRESS = (
    "Copy the whole address from the browser's address bar, "
    "from https:// (or http://) to its end."
)
# Some terminals wrap what is pasted; zsh puts a backslash before ? & =
BRACKETED_PASTE = re.compile(r"\x1b\[20[01]~")
SHELL_ESCAPE = re.compile(r"\\([^\w\s])", re.ASCII)
QUOTES = "\"'`<>"


def parse_pasted(text: str) -> dict[str, str]:
    """
    Return the response's parameters from a pasted address, or its query.

    Raises AuthError where *text* holds no response, and AuthorizationDenied
    where it holds a token instead of a code.
    """
    address = BRACKETED_PASTE.sub("", text).strip().strip(QUOTES).strip()
    address = SHELL_ESCAPE.sub(r"\1", address)
    address, _, fragment = address.partition("#")
    base, question_mark, query = address.partition("?")
    params = _params(query if question_mark else base)
    if "access_token" in parse_qs(fragment) or "access_token" in params:
        raise AuthorizationDenied(
            "Meta answered with an access token instead of a code; it was not used.",
            hint="Start at the address that metaconnect shows: it asks for a code.",
        )
    _check_is_response(address, params)
    return params


def _params(query: str) -> dict[str, str]:
    try:
        return response_params(query)
    except ValueError as exc:
        raise AuthError("That address cannot be read.", hint=WHOLE_ADDRESS) from exc


def _check_is_response(address: str, params: dict[str, str]) -> None:
    if not address:
        problem = "No address was pasted."
    elif "client_id" in params:
        problem = "That is the address of the login, not the one it ended on."
    elif not any(params.values()):
        problem = (
            "That address holds no answer from Meta."
            if "://" in address
            else "A code alone is not enough: its state is needed too."
        )
    elif "state" not in params:
        problem = "That address has no state, so it may belong to another login."
    else:
        return
    raise AuthError(problem, hint=WHOLE_ADDRESS)


class PasteReceiver:
    """
    Reads addresses from the file descriptor *stream*, one a line.

    *prompt* asks for an address and *say* prints what is wrong with it. Where
    *interactive*, the person may try again; otherwise one line is read.
    On Windows, where a console cannot be polled, a cancelled wait still
    consumes the next line: do not use it beside another receiver there.
    """

    def __init__(
        self,
        redirect_uri: str,
        *,
        stream: int,
        prompt: Callable[[], None],
        say: Callable[[str], None],
        interactive: bool,
    ) -> None:
        self.redirect_uri = redirect_uri
        self._stream = stream
        self._prompt = prompt
        self._say = say
        self._interactive = interactive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    async def receive(self, pending: PendingAuthorization) -> dict[str, str]:
        """
        Return the first pasted response that *pending* claims.

        Raises AuthError at the end of the input, and for a wrong address
        where *interactive* is false.
        """
        while True:
            self._prompt()
            line = await read_line(self._stream)
            try:
                return _claimed(line or "", pending)
            except AuthError as error:
                if line is None or not self._interactive:
                    raise
                self._say(f"{error} {error.hint}")


def _claimed(line: str, pending: PendingAuthorization) -> dict[str, str]:
    params = parse_pasted(line)
    if not pending.claim(params):
        raise AuthError(
            "That address is not the answer to this login: its state belongs to "
            "another login, or is no longer valid.",
            hint=f"Open the address shown for this login. {WHOLE_ADDRESS}",
        )
    return params
