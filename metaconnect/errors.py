"""
Everything metaconnect can tell a user has gone wrong.

* MetaconnectError                 1
  x UsageError                     2
    + ClientNotFound
    + AdAccountNotFound
  x ConfigError                    3
    + NoSecretStore
    + TablesMissing
    + UntrustedProject
    + TokensExposed
  x AuthError                      4
    + NotConnected
    + NothingToResume
    + AuthorizationDenied
    + AuthorizationTimeout
    + PermissionDeclined
    + TokenRejected
    + CheckpointRequired
    + NotSignedIn
  x GraphError                     5
    + PermissionMissing
    + InvalidRequest
    + TooMuchData
    + RateLimited                  6
  x Unavailable                    7
    + NetworkError
    + ServiceUnavailable
    + StoreError
      . ConnectionChanged
  x SomeFailed                     8
  x Unexplained                    9

The number is the exit code; a class without one inherits its parent's.
The tree is ordered by what the user must do, not by which file noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple


class MetaconnectError(Exception):
    """
    Base class: catch this to catch everything metaconnect raises.

    `hint` is the next step, in the imperative. It never holds a secret, and
    neither does the message.

    Where the Graph API answered with an error, whatever class it became here,
    `code`, `subcode` and `fbtrace_id` are Meta's own, and `retry_after` is the
    number of seconds to wait where Meta said one.
    """

    exit_code: ClassVar[int] = 1
    hint: str = ""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: int | None = None,
        subcode: int | None = None,
        fbtrace_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint
        self.code = code
        self.subcode = subcode
        self.fbtrace_id = fbtrace_id
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, object]:
        """Return what a program needs to know, without what is not known."""
        facts: dict[str, object] = {
            "type": type(self).__name__,
            "message": str(self),
            "exit_code": self.exit_code,
            "hint": self.hint or None,
            "code": self.code,
            "subcode": self.subcode,
            "fbtrace_id": self.fbtrace_id,
            "retry_after": self.retry_after,
        }
        return {name: value for name, value in facts.items() if value is not None}


class UsageError(MetaconnectError):
    """
    The command cannot be carried out as it was written.
    """

    exit_code = 2


class ClientNotFound(UsageError):
    """
    No such client, or none that this user may see or change.
    """

    hint = "See who is there:  metaconnect clients list"


class AdAccountNotFound(UsageError):
    """
    The ad account named is not one, or not exactly one, of those reached.
    """


class ConfigError(MetaconnectError):
    """
    A setting is missing or cannot be used.
    """

    exit_code = 3
    hint = "Settings come from the environment, .env.local and .env."


class NoSecretStore(ConfigError):
    """
    There is no keyring that works, and no leave to use a file instead.
    """

    hint = "Unlock the keyring, or set METACONNECT_SECRETS=file (a 0600 file)."


class TablesMissing(ConfigError):
    """
    The database lacks a table or column that the program needs.
    """

    hint = "Create what is missing:  metaconnect init --print-sql"


class UntrustedProject(ConfigError):
    """
    Only a file found in the working folder names the Supabase project, and
    nobody has allowed it yet.
    """

    hint = "If you trust the project, allow it once:  metaconnect login --trust-project"


class TokensExposed(ConfigError):
    """
    Whoever knows the project's publishable key could read or write tokens.
    """


class AuthError(MetaconnectError):
    """
    A person has to log in again, at Meta or at Supabase.
    """

    exit_code = 4
    hint = "Log in with:  metaconnect connect"


class NotConnected(AuthError):
    """
    No connection is stored for that client.
    """


class NothingToResume(AuthError):
    """
    No login of that client waits to be finished.
    """


class AuthorizationDenied(AuthError):
    """
    The authorization response carried no code (RFC 6749, section 4.1.2.1).
    """


class AuthorizationTimeout(AuthError):
    """
    No authorization response arrived in time.
    """


class PermissionDeclined(AuthError):
    """
    The person logged in but left out a permission that is needed.
    """


class TokenRejected(AuthError):
    """
    Meta does not accept the access token (Graph code 190 or 102), or none
    was sent (104).
    """


class CheckpointRequired(AuthError):
    """
    Facebook wants the person to do something there first (Graph code 190,
    subcodes 459 and 490). The token is kept: it works again afterwards.
    """


class NotSignedIn(AuthError):
    """
    There is no Supabase session, or it has ended.
    """

    hint = "Sign in with:  metaconnect login"


class GraphError(MetaconnectError):
    """
    The Graph API refused the request.
    """

    exit_code = 5


class PermissionMissing(GraphError):
    """
    The token lacks a permission, or the user access (Graph code 10, 200-299).
    """


class InvalidRequest(GraphError):
    """
    The Graph API rejected a parameter (Graph code 100 and relatives).
    """


class TooMuchData(GraphError):
    """
    The query is too large for one request. Sending it again unchanged fails
    again: fewer rows a page, fewer days or fewer fields may work.
    """


class RateLimited(GraphError):
    """
    Meta's quota is used up, and waiting for it would take too long.
    """

    exit_code = 6
    hint = "Try again later, or ask for less."


class Unavailable(MetaconnectError):
    """
    Something metaconnect depends on could not be reached.
    """

    exit_code = 7
    hint = "Try again in a moment."


class NetworkError(Unavailable):
    """
    Meta could not be reached.
    """


class ServiceUnavailable(Unavailable):
    """
    Meta failed on its side (Graph code 1 or 2, or no envelope at all).
    """


class StoreError(Unavailable):
    """
    The connection store could not be read or written.
    """


class ConnectionChanged(StoreError):
    """
    Another process changed the connection in the meantime.
    """


class SomeFailed(MetaconnectError):
    """
    It worked for some of several clients, and failed for the others.
    """

    exit_code = 8
    hint = "The lines above say why, and what to do for each."


class Unexplained(MetaconnectError):
    """
    An audit found money or results that are missing, and nothing that explains it.
    """

    exit_code = 9
    hint = "What is missing, and where, is on stdout."


class ErrorTemplate(NamedTuple):
    """What an error code of another program means: words in braces are filled in."""

    error: type[MetaconnectError]
    message: str = "{reason}"
    hint: str | None = None

    def filled(
        self, *, facts: Mapping[str, Any] | None = None, **words: str
    ) -> MetaconnectError:
        """Return the error; *facts* are its code, subcode and the like."""
        hint = None if self.hint is None else self.hint.format_map(words)
        return self.error(self.message.format_map(words), hint=hint, **(facts or {}))
