"""The state of a sandbox: the app, its users, codes, tokens and report runs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .switches import Switches

if TYPE_CHECKING:
    from .reports import Report

APP_ID = "100200300400500"
APP_SECRET = "badc0ffee0ddf00dbadc0ffee0ddf00d"
APP_NAME = "Metaconnect Sandbox App"
USER = {
    "id": "122100000000000001",
    "name": "Jane Doe",
    "first_name": "Jane",
    "last_name": "Doe",
}
SYSTEM_USER = {"id": "122100000000000099", "name": "Metaconnect System User"}
# The users by the kind of their tokens, as debug_token calls it.
USERS = {"USER": USER, "SYSTEM_USER": SYSTEM_USER}
SHORT_LIVED = 5400
LONG_LIVED = 5183944
# Login for Business configurations whose token is a system user's, and its life.
# Any other number is a configuration with user tokens.
SYSTEM_USER_CONFIGS: dict[str, int | None] = {
    "200000000000001": None,
    "200000000000060": LONG_LIVED,
}
DATA_ACCESS = timedelta(days=90)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Code:
    """An authorization code; single use (RFC 6749, section 4.1.2)."""

    redirect_uri: str
    expires_at: datetime
    config_id: str = ""
    scopes: tuple[str, ...] = ()
    used: bool = False

    @property
    def kind(self) -> str:
        """The kind of token that it is exchanged for."""
        return "SYSTEM_USER" if self.config_id in SYSTEM_USER_CONFIGS else "USER"

    @property
    def token_life(self) -> int | None:
        return SYSTEM_USER_CONFIGS.get(self.config_id, SHORT_LIVED)


@dataclass(kw_only=True)
class Token:
    """An access token; `expires_at` None is Meta's 0, never."""

    value: str = field(repr=False)
    kind: str
    app_id: str
    issued_at: datetime
    expires_at: datetime | None
    long_lived: bool
    scopes: tuple[str, ...] = ()
    dead: str = ""


@dataclass(kw_only=True)
class Planned:
    """
    A fault planned for requests to `path`; `times` None is until the reset.

    `method` "" is any; the first `after` of the requests are answered as usual.
    """

    path: str
    error: str
    times: int | None
    method: str = ""
    after: int = 0


@dataclass(kw_only=True)
class Use:
    """How many requests were made since a quota was last fresh."""

    requests: int
    seconds_left: float


class Sandbox:
    """
    One app, one person, one system user, their tokens, and the switches.

    `clock` returns an aware datetime; `advance` moves it on. `auto_approve`
    is the value that the switch has at the start and after `reset`.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = utc_now,
        auto_approve: bool = False,
        app_id: str = APP_ID,
        app_secret: str = APP_SECRET,
    ) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self._clock = clock
        self._auto_approve = auto_approve
        self.reset()

    def reset(self) -> None:
        """Forget everything, as if just started."""
        self.switches = Switches(auto_approve=self._auto_approve)
        self.permissions: dict[str, str] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.dialogs: dict[str, dict[str, str]] = {}
        self.planned: list[Planned] = []
        self.requests: list[dict[str, Any]] = []
        self.reports: dict[str, Report] = {}
        self.uses: dict[str, tuple[datetime, int]] = {}
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._ahead += timedelta(seconds=seconds)

    def plan(
        self,
        path: str,
        error: str,
        times: int | None = 1,
        *,
        method: str = "",
        after: int = 0,
    ) -> None:
        """Answer the next `times` requests to `path` ("*" is any) with a fault."""
        self.planned.append(
            Planned(path=path, error=error, times=times, method=method, after=after)
        )

    def due(self, method: str, path: str) -> str | None:
        """Return the fault that is planned for this request, if any."""
        for planned in self.planned:
            if planned.path not in ("*", path) or planned.times == 0:
                continue
            if planned.method not in ("", method):
                continue
            if planned.after:
                planned.after -= 1
                continue
            if planned.times is not None:
                planned.times -= 1
            return planned.error
        return None

    def use(self, key: str, count: int = 0) -> Use:
        """
        Add `count` requests to the quota of an ad account, or "app"; return its use.

        The quota is fresh again `quota_seconds` after its first request.
        """
        now = self.now()
        span = timedelta(seconds=self.switches.quota_seconds)
        since, requests = self.uses.get(key, (now, 0))
        if now >= since + span:
            since, requests = now, 0
        if count:
            self.uses[key] = since, requests + count
        left = (since + span - now).total_seconds()
        return Use(requests=requests + count, seconds_left=left)

    def grant(self, granted: list[str], declined: list[str]) -> None:
        """Record the permissions that were granted and declined."""
        self.permissions.update(dict.fromkeys(["public_profile", *granted], "granted"))
        self.permissions.update(dict.fromkeys(declined, "declined"))

    def granted(self) -> tuple[str, ...]:
        return tuple(p for p, status in self.permissions.items() if status == "granted")

    def issue_code(
        self, redirect_uri: str, *, config_id: str = "", scopes: tuple[str, ...] = ()
    ) -> str:
        """A fresh authorization code for that redirect URI."""
        value = "AQ" + secrets.token_urlsafe(180)
        life = timedelta(seconds=self.switches.code_expires_in)
        self.codes[value] = Code(
            redirect_uri=redirect_uri,
            expires_at=self.now() + life,
            config_id=config_id,
            scopes=scopes,
        )
        return value

    def issue_token(
        self,
        *,
        kind: str = "USER",
        expires_in: int | None = LONG_LIVED,
        scopes: tuple[str, ...] = (),
        app_id: str | None = None,
        dead: str = "",
    ) -> str:
        """
        A fresh access token, without any dialog.

        `expires_in` is in seconds, None for never. A USER token acts with what
        the person granted; `scopes` are added to that. A SYSTEM_USER token has
        `scopes` of its own. `dead` is the subcode of 190 with which it fails.
        """
        value = "EAA" + secrets.token_hex(90)
        now = self.now()
        never = expires_in is None or (kind == "USER" and self.switches.never_expires)
        self.tokens[value] = Token(
            value=value,
            kind=kind,
            app_id=app_id or self.app_id,
            issued_at=now,
            expires_at=None if never else now + timedelta(seconds=expires_in or 0),
            long_lived=expires_in is None or expires_in > SHORT_LIVED,
            scopes=scopes,
            dead=dead,
        )
        if kind == "USER" and scopes:
            self.grant(list(scopes), [])
        return value

    def ticked(self) -> list[str]:
        """The numbers of the ad accounts ticked at the login, [] where all are."""
        names = self.switches.ticked.split(",")
        return [name.strip().removeprefix("act_") for name in names if name.strip()]

    def scopes_of(self, token: Token) -> tuple[str, ...]:
        return self.granted() if token.kind == "USER" else token.scopes
