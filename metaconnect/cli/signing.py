"""The login commands at work."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import Enum, auto

from ..errors import UsageError
from ..oauth.browser import open_browser
from .terminal import ask, ask_unseen, say
from .wiring import Wiring


class SignInMethod(Enum):
    """The ways to sign in."""

    PASSWORD = auto()
    PASSWORD_ON_STDIN = auto()
    CODE = auto()
    PROVIDER = auto()


@dataclass(frozen=True, kw_only=True)
class LoginOptions:
    """The options of `metaconnect login`."""

    how: SignInMethod
    email: str | None
    provider: str | None
    browser: bool
    timeout: float


def how_to_sign_in(
    email: str | None, password_stdin: bool, otp: bool, provider: str | None
) -> SignInMethod:
    """Return the one way that the options mean. Raises UsageError."""
    if sum((password_stdin, otp, provider is not None)) > 1:
        raise UsageError("Give one of --password-stdin, --otp and --provider.")
    if provider:
        if email:
            raise UsageError("With --provider the browser knows the address.")
        return SignInMethod.PROVIDER
    if otp:
        return SignInMethod.CODE
    return SignInMethod.PASSWORD_ON_STDIN if password_stdin else SignInMethod.PASSWORD


async def sign_in(wiring: Wiring, options: LoginOptions) -> None:
    """Sign in, keep the session, and say who it is."""
    keeper = wiring.sessions
    # Whoever cannot be asked is told so before anything is sent.
    email = (
        "" if options.how is SignInMethod.PROVIDER else _email(wiring, options.email)
    )
    wiring.choose_secret_backend()
    match options.how:
        case SignInMethod.PROVIDER:
            await _sign_in_at_provider(wiring, options)
        case SignInMethod.CODE:
            keeper.send_code(email)
            say(f"A code was e-mailed to {email}.")
            keeper.verify_code(email, _something(_line("The code:"), "code"))
        case SignInMethod.PASSWORD_ON_STDIN:
            password = sys.stdin.readline().rstrip("\r\n")
            keeper.sign_in_with_password(email, _something(password, "password"))
        case SignInMethod.PASSWORD:
            wiring.require_interactive("--password-stdin")
            password = ask_unseen(f"Password of {email}:", option="--password-stdin")
            keeper.sign_in_with_password(email, _something(password, "password"))
    say(f"Signed in as {keeper.current().email}.")


def sign_out(wiring: Wiring, *, everywhere: bool) -> None:
    """End the session, here or everywhere."""
    wiring.sessions.sign_out(everywhere=everywhere)
    where = "everywhere" if everywhere else "on this machine"
    say(f"Signed out {where}. Connections and their tokens stay as they are.")


def who_am_i(wiring: Wiring, *, as_json: bool) -> None:
    """Print whom Supabase takes us for."""
    url, _ = wiring.settings.supabase
    if wiring.settings.uses_service_role:
        facts = {"url": url, "role": "service_role"}
        line = f"The service role of {url}: Row-Level Security does not apply."
    else:
        user = wiring.sessions.user()
        facts = {
            "url": url,
            "role": "authenticated",
            "id": user.id,
            "email": user.email,
        }
        line = f"{user.email} ({user.id}) at {url}"
    print(json.dumps(facts, ensure_ascii=False) if as_json else line)  # noqa: T201


async def _sign_in_at_provider(wiring: Wiring, options: LoginOptions) -> None:
    from ..flows.sign_in import sign_in_with_provider

    async def show(url: str) -> None:
        say(f"Sign in in the browser:  {url}")
        if options.browser and not await open_browser(url):
            say("No browser could be opened: open the address yourself.")

    await sign_in_with_provider(
        options.provider or "",
        keeper=wiring.sessions,
        show=show,
        timeout=options.timeout,
    )


def _email(wiring: Wiring, email: str | None) -> str:
    if email:
        return email
    wiring.require_interactive("--email")
    return ask("E-mail address:", option="--email")


def _something(text: str, what: str) -> str:
    if text:
        return text
    raise UsageError(f"No {what} was given.")


def _line(question: str) -> str:
    """Return a line from stdin, terminal or not."""
    if sys.stdin.isatty():
        return ask(question, option="--otp")
    return sys.stdin.readline().strip()
