"""
What the error codes of Supabase Auth mean.

https://supabase.com/docs/guides/auth/debugging/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import ConfigError, ErrorTemplate, NotSignedIn, StoreError, UsageError


class JWTRejected(NotSignedIn):
    """The access token is not accepted; a refreshed one may be."""


class SessionEnded(NotSignedIn):
    """Auth does not accept the stored session any more."""


NOT_ACCEPTED = ErrorTemplate(JWTRejected, "The Supabase session is not accepted.")
_ENDED = ErrorTemplate(SessionEnded, "The Supabase session has ended.")
_WAIT = ErrorTemplate(
    StoreError,
    "Supabase Auth was asked too often.",
    "Wait a minute (for another e-mail: an hour), and try again.",
)
_OFF = ErrorTemplate(
    ConfigError,
    "This way of signing in is turned off in the project.",
    "Turn it on under Authentication > Sign In / Providers at "
    "https://supabase.com/dashboard, or sign in another way.",
)
_NOT_COMPLETED = ErrorTemplate(
    NotSignedIn,
    "The sign-in through the browser was not completed in time.",
)
_NO_USER = ErrorTemplate(
    NotSignedIn,
    "No user has that e-mail address, or codes by e-mail are turned off.",
    "Users are added in the dashboard, or by signing up there.",
)

AUTH_CODES: Mapping[str, ErrorTemplate] = {
    "bad_code_verifier": _NOT_COMPLETED,
    "bad_jwt": NOT_ACCEPTED,
    "bad_oauth_callback": _NOT_COMPLETED,
    "bad_oauth_state": _NOT_COMPLETED,
    "captcha_failed": ErrorTemplate(
        ConfigError,
        "The project requires a CAPTCHA, which a terminal cannot show.",
        "Sign in through the browser:  metaconnect login --provider google",
    ),
    # https://supabase.com/docs/guides/auth/auth-smtp
    "email_address_not_authorized": ErrorTemplate(
        ConfigError,
        "The project's built-in mailer writes to members of its organization only.",
        "Set up an SMTP server under Authentication > Emails, or sign in with a "
        "password:  metaconnect login",
    ),
    "email_address_invalid": ErrorTemplate(UsageError, "Invalid e-mail address.", ""),
    "email_not_confirmed": ErrorTemplate(
        NotSignedIn,
        "The e-mail address is not confirmed yet.",
        "Open the link in the e-mail that was sent when the user was added.",
    ),
    "email_provider_disabled": _OFF,
    "flow_state_expired": _NOT_COMPLETED,
    "flow_state_not_found": _NOT_COMPLETED,
    "invalid_credentials": ErrorTemplate(
        NotSignedIn,
        "Wrong e-mail address or password.",
        "Try again:  metaconnect login",
    ),
    "invalid_jwt": NOT_ACCEPTED,
    "no_authorization": NOT_ACCEPTED,
    "oauth_provider_not_supported": _OFF,
    "otp_disabled": _NO_USER,
    "otp_expired": ErrorTemplate(
        NotSignedIn,
        "The code is wrong, or it has expired.",
        "Ask for a new one:  metaconnect login --otp",
    ),
    "over_email_send_rate_limit": _WAIT,
    "over_request_rate_limit": _WAIT,
    "provider_disabled": _OFF,
    "refresh_token_already_used": _ENDED,
    "refresh_token_not_found": _ENDED,
    "session_expired": _ENDED,
    "session_not_found": _ENDED,
    "signup_disabled": _NO_USER,
    "user_banned": ErrorTemplate(
        SessionEnded,
        "The user is banned from signing in.",
        "Ask an administrator of the project.",
    ),
    "user_not_found": _ENDED,
    "validation_failed": ErrorTemplate(
        UsageError, "Supabase Auth refuses the request: {reason}.", ""
    ),
}
UNKNOWN_AUTH_CODE = ErrorTemplate(
    StoreError, "Supabase Auth refused ({code}): {reason}."
)
