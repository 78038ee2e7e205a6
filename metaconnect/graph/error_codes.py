"""What Meta's error codes mean for the person who reads them."""

from __future__ import annotations

import re
from typing import Final

from ..errors import (
    AuthError,
    CheckpointRequired,
    ConfigError,
    ErrorTemplate,
    GraphError,
    InvalidRequest,
    PermissionMissing,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
    TooMuchData,
)

CONNECT: Final = "Connect again:  metaconnect connect"
LESS: Final = "Ask for less: a shorter range, fewer fields, or a coarser level."
CHECK_APP: Final = (
    "Check META_APP_SECRET: it must be the secret of the app META_APP_ID, "
    "from App settings > Basic."
)
_CHECK_ID = "Check META_APP_ID: the App Dashboard shows it under App settings > Basic."
_ON_FACEBOOK = (
    "Log in on https://www.facebook.com and do what it asks there. "
    "The stored token is kept and works again afterwards."
)
_REDIRECT = (
    "META_REDIRECT_URI must be, letter for letter, among the app's "
    "Valid OAuth Redirect URIs. Then connect again."
)
_VERSION = "Set META_API_VERSION to a version that Meta still serves."
_PERMISSION = (
    "Check that ads_read was ticked (metaconnect connect --rerequest) and that "
    "this person may see the ad account:  metaconnect accounts list"
)
_ACCESS_LEVEL = (
    "This depends on the app, not on a permission: it needs a higher access level "
    "to the Marketing API, or its own admin must also be admin of the ad account."
)
_NOT_ADMIN = (
    "The person who connected must be admin of the ad account; ask its business "
    "for that role. Those it reaches now:  metaconnect accounts list"
)
_BLOCKED = (
    "Meta restricts the app, whoever connects: its App Dashboard says why, under "
    "Alerts or Required actions."
)
_NO_OBJECT = "Check the id, and that the token reaches it:  metaconnect accounts list"
_NO_DATA = "Meta has no data for these metrics or breakdowns. Leave some out."

_FAILED = ErrorTemplate(ServiceUnavailable)
_REFUSED = ErrorTemplate(GraphError)
_THROTTLED = ErrorTemplate(RateLimited)
_TOO_MUCH = ErrorTemplate(TooMuchData, hint=LESS)
_LOG_IN = ErrorTemplate(TokenRejected, hint=CONNECT)
_CHECKPOINT = ErrorTemplate(CheckpointRequired, hint=_ON_FACEBOOK)
_NOT_THERE = ErrorTemplate(InvalidRequest, hint=_NO_OBJECT)
_NOT_PERMITTED = ErrorTemplate(PermissionMissing, hint=_PERMISSION)
_WRONG_SECRET = ErrorTemplate(ConfigError, hint=CHECK_APP)
_WRONG_APP = ErrorTemplate(ConfigError, hint=_CHECK_ID)
_CODE_TOO_OLD = ErrorTemplate(AuthError, hint="The code was too old. " + CONNECT)
_CODE_USED = ErrorTemplate(AuthError, hint="A code works only once. " + CONNECT)
_WRONG_REDIRECT = ErrorTemplate(AuthError, hint=_REDIRECT)


def _ended(why: str) -> ErrorTemplate:
    return ErrorTemplate(TokenRejected, hint=f"{why} {CONNECT}")


# https://developers.facebook.com/docs/marketing-api/insights/error-codes and
# https://developers.facebook.com/docs/graph-api/guides/error-handling
_THROTTLES: Final = frozenset((4, 17, 32, 341, 613, *range(80000, 80015)))
_THROTTLE_SUBCODES: Final = frozenset((2446079, 1504022, 1504039, 1487742))
_FINAL: Final = frozenset((102, 104, 190, 368))  # even where marked transient

_BY_SUBCODE: Final[dict[tuple[int, int], ErrorTemplate]] = {
    (-2, 2490547): _FAILED,
    (-3, 1504045): _TOO_MUCH,
    (1, 2853001): ErrorTemplate(
        GraphError, hint="Use an ad account that belongs to a business."
    ),
    (2, 1504038): _TOO_MUCH,
    (2, 1504041): ErrorTemplate(InvalidRequest, hint=_NO_DATA),
    (2, 1504042): ErrorTemplate(InvalidRequest, hint="Leave out the custom metrics."),
    (100, 33): _NOT_THERE,
    (100, 36007): _CODE_TOO_OLD,
    (100, 36008): _WRONG_REDIRECT,
    (100, 36009): _CODE_USED,
    (100, 1487534): _TOO_MUCH,
    (100, 1504018): _TOO_MUCH,
    (100, 3191001): _NOT_PERMITTED,
    (190, 458): _ended("The app was removed on Facebook."),
    (190, 459): _CHECKPOINT,
    (190, 460): _ended("The password was changed, or Meta ended the session."),
    (190, 463): _ended("The token has expired."),
    (190, 464): ErrorTemplate(
        TokenRejected, hint="Confirm the Facebook account, then connect again."
    ),
    (190, 466): _ended("The login was revoked."),
    (190, 467): _ended("The person logged out, or Meta ended the session."),
    (190, 490): _CHECKPOINT,
    (190, 493): _ended("Data access has lapsed."),
}

# Where Meta gives different things one code, only its words tell them apart.
# A named group fills the word in braces of that name.
_BY_WORDS: Final[tuple[tuple[int | None, re.Pattern[str], ErrorTemplate], ...]] = tuple(
    (code, re.compile(words, re.IGNORECASE), template)
    for code, words, template in (
        (None, "reduce the amount of data", _TOO_MUCH),
        (None, "application has been deleted", _WRONG_APP),
        (1, "validating client secret", _WRONG_SECRET),
        (100, "validating client secret", _WRONG_SECRET),
        (100, "appsecret_proof", _WRONG_SECRET),
        (104, "incorrect signature", _WRONG_SECRET),
        (100, "app access token", _WRONG_SECRET),
        (100, "did not match the viewing app", _WRONG_APP),
        (100, "code has been used", _CODE_USED),
        (100, "code has expired", _CODE_TOO_OLD),
        (100, "verification code format", ErrorTemplate(AuthError, hint=CONNECT)),
        (None, "redirect_uri is identical", _WRONG_REDIRECT),
        (100, "missing permissions$", _NOT_PERMITTED),
        (100, "^unsupported (get|post|delete) request", _NOT_THERE),
        (190, "must be granted before", _NOT_PERMITTED),
        (200, "provide valid app id", _WRONG_APP),
        (200, "api access blocked", ErrorTemplate(GraphError, hint=_BLOCKED)),
        (2500, "active access token must be used", _LOG_IN),
        (2500, "unknown path components", ErrorTemplate(ConfigError, hint=_VERSION)),
        (
            2635,
            r"latest version: (?P<version>v\d{1,3}\.\d{1,3})",
            ErrorTemplate(ConfigError, hint="Set META_API_VERSION={version}"),
        ),
    )
)

_BY_CODE: Final[dict[int, ErrorTemplate]] = {
    **dict.fromkeys((1, 2, 99, 960, 1150), _FAILED),
    **dict.fromkeys((102, 104, 190), _LOG_IN),
    **dict.fromkeys((10, *range(200, 300)), _NOT_PERMITTED),
    3: ErrorTemplate(
        PermissionMissing, hint="The app lacks a capability: see its App Dashboard."
    ),
    100: ErrorTemplate(InvalidRequest),
    101: _WRONG_APP,
    191: ErrorTemplate(ConfigError, hint=_REDIRECT),
    270: ErrorTemplate(PermissionMissing, hint=_ACCESS_LEVEL),
    **dict.fromkeys((272, 273, 274), ErrorTemplate(PermissionMissing, hint=_NOT_ADMIN)),
    368: ErrorTemplate(GraphError, hint="Stop for some hours. The token is kept."),
    803: _NOT_THERE,
    2500: ErrorTemplate(InvalidRequest),
    2635: ErrorTemplate(ConfigError, hint=_VERSION),
    2642: ErrorTemplate(
        InvalidRequest, hint="The cursor has expired: run the command again."
    ),
    3018: ErrorTemplate(
        InvalidRequest, hint="Meta keeps 37 months: choose a later first day."
    ),
}


def template_for(
    status: int,
    code: int | None,
    subcode: int | None,
    *,
    message: str,
    kind: str = "",
    transient: bool | None = None,
) -> tuple[ErrorTemplate, dict[str, str]]:
    """
    Return the template of an error, and the words that *message* fills in.

    The exact comes before the broad. *kind* is Meta's `type` of the error.
    """
    if exact := _exact(code, subcode):
        return exact, {}
    for only, words, found in _BY_WORDS:
        if only in (None, code) and (match := words.search(message)):
            return found, match.groupdict()
    if transient and code not in _FINAL:
        return _FAILED, {}
    if code in (1, 2) and transient is False and status < 500:  # noqa: PLR2004 - HTTP
        return _REFUSED, {}
    if code is None:
        return _without_code(status, kind), {}
    return _BY_CODE.get(code) or _by_status(status), {}


def _exact(code: int | None, subcode: int | None) -> ErrorTemplate | None:
    if code in _THROTTLES or subcode in _THROTTLE_SUBCODES:
        return _THROTTLED
    if code is None or subcode is None:
        return None
    # https://developers.facebook.com/docs/graph-api/guides/error-handling
    # gives the two codes of a session the same subcodes.
    return _BY_SUBCODE.get((190 if code == 102 else code, subcode))  # noqa: PLR2004


def _without_code(status: int, kind: str) -> ErrorTemplate:
    if kind == "OAuthException" and status < 500:  # noqa: PLR2004 - HTTP
        return ErrorTemplate(AuthError, hint=CONNECT)
    return _by_status(status)


def _by_status(status: int) -> ErrorTemplate:
    if status == 429:  # noqa: PLR2004 - RFC 6585, Too Many Requests
        return _THROTTLED
    return _FAILED if status >= 500 else _REFUSED  # noqa: PLR2004 - HTTP
