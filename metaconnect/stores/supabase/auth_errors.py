"""
Supabase Auth's error codes, in our words and with a next step.

https://supabase.com/docs/guides/auth/debugging/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import ConfigError, MetaconnectError, NotSignedIn, StoreError, UsageError
from ...redact import clean
from .wording import Verdict


class SessionEnded(NotSignedIn):
    """Auth does not accept the stored session any more."""


_ENDED = Verdict(SessionEnded, "The Supabase session has ended.")
_WAIT = Verdict(
    StoreError,
    "Supabase Auth was asked too often.",
    "Wait a minute (for another e-mail: an hour), and try again.",
)
_OFF = Verdict(
    ConfigError,
    "This way of signing in is turned off in the project.",
    "Turn it on under Authentication > Sign In / Providers at "
    "https://supabase.com/dashboard, or sign in another way.",
)
_HALF_WAY = Verdict(
    NotSignedIn,
    "The sign-in through the browser was not completed in time.",
)
_NOBODY = Verdict(
    NotSignedIn,
    "No user has that e-mail address, or codes by e-mail are turned off.",
    "Users are added in the dashboard, or by signing up there.",
)

VERDICTS: Mapping[str, Verdict] = {
    "bad_code_verifier": _HALF_WAY,
    "bad_jwt": _ENDED,
    "bad_oauth_callback": _HALF_WAY,
    "bad_oauth_state": _HALF_WAY,
    "captcha_failed": Verdict(
        ConfigError,
        "The project asks for a CAPTCHA, which a terminal cannot show.",
        "Sign in through the browser:  metaconnect login --provider google",
    ),
    "email_address_invalid": Verdict(UsageError, "That is no e-mail address.", ""),
    "email_not_confirmed": Verdict(
        NotSignedIn,
        "The e-mail address is not confirmed yet.",
        "Open the link in the e-mail that came when the user was made.",
    ),
    "email_provider_disabled": _OFF,
    "flow_state_expired": _HALF_WAY,
    "flow_state_not_found": _HALF_WAY,
    "invalid_credentials": Verdict(
        NotSignedIn,
        "Wrong e-mail address or password.",
        "Try again:  metaconnect login",
    ),
    "invalid_jwt": _ENDED,
    "no_authorization": _ENDED,
    "oauth_provider_not_supported": _OFF,
    "otp_disabled": _NOBODY,
    "otp_expired": Verdict(
        NotSignedIn,
        "That code is wrong, or it has expired.",
        "Ask for a new one:  metaconnect login --otp",
    ),
    "over_email_send_rate_limit": _WAIT,
    "over_request_rate_limit": _WAIT,
    "provider_disabled": _OFF,
    "refresh_token_already_used": _ENDED,
    "refresh_token_not_found": _ENDED,
    "session_expired": _ENDED,
    "session_not_found": _ENDED,
    "signup_disabled": _NOBODY,
    "user_banned": Verdict(
        SessionEnded,
        "The user may not sign in for now.",
        "Ask whoever runs the project.",
    ),
    "user_not_found": _ENDED,
    "validation_failed": Verdict(
        UsageError, "Supabase Auth refuses that: {reason}.", ""
    ),
}
_UNKNOWN = Verdict(StoreError, "Supabase Auth refused ({code}): {reason}.")


def translated(code: str | None, message: str | None) -> MetaconnectError:
    """Return what to raise for an error of Auth."""
    verdict = VERDICTS.get(code or "", _UNKNOWN)
    reason = clean(message).rstrip(".")
    return verdict.filled(code=clean(code) or "no code", reason=reason)
