"""What Meta's error codes mean for the person who reads them."""

from __future__ import annotations

import re
from typing import Final

from ..errors import (
    AuthError,
    ConfigError,
    GraphError,
    InvalidRequest,
    MetaconnectError,
    PermissionMissing,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
)

Verdict = tuple[type[MetaconnectError], str | None]

CONNECT = "Connect again:  metaconnect connect"
ON_FACEBOOK = (
    "Log in on https://www.facebook.com and do what it asks there. "
    "The stored token is kept and works again afterwards."
)
LESS = "Ask for less: a shorter range, fewer fields, or a coarser level."
CHECK_ID = "Check META_APP_ID: the App Dashboard shows it under App settings > Basic."
CHECK_APP = (
    "Check META_APP_SECRET: it must be the secret of the app META_APP_ID, "
    "from App settings > Basic."
)
REDIRECT = (
    "META_REDIRECT_URI must be, letter for letter, among the app's "
    "Valid OAuth Redirect URIs. Then connect again."
)
VERSION = "Set META_API_VERSION to a version that Meta still serves."
ACCESS = (
    "Check that ads_read was ticked (metaconnect connect --rerequest) and that "
    "this person may see the ad account:  metaconnect accounts list"
)
NO_OBJECT = "Check the id, and that the token reaches it:  metaconnect accounts list"

# https://developers.facebook.com/docs/marketing-api/insights/error-codes and
# https://developers.facebook.com/docs/graph-api/guides/error-handling
THROTTLES: Final = frozenset((4, 17, 32, 341, 613, *range(80000, 80015)))
_THROTTLE_SUBCODES: Final = frozenset((2446079, 1504022, 1504039, 1487742))

_BY_SUBCODE: Final[dict[tuple[int, int], Verdict]] = {
    (-2, 2490547): (ServiceUnavailable, None),
    (-3, 1504045): (InvalidRequest, LESS),
    (1, 2853001): (GraphError, "Use an ad account that belongs to a business."),
    (2, 1504038): (ServiceUnavailable, LESS),
    (2, 1504041): (InvalidRequest, "These breakdowns cannot be combined."),
    (2, 1504042): (InvalidRequest, "Leave out the custom metrics."),
    (100, 33): (InvalidRequest, NO_OBJECT),
    (100, 36007): (AuthError, "The code was too old. " + CONNECT),
    (100, 36008): (AuthError, REDIRECT),
    (100, 36009): (AuthError, "A code works only once. " + CONNECT),
    (100, 1487534): (InvalidRequest, LESS),
    (100, 1504018): (ServiceUnavailable, LESS),
    (100, 3191001): (PermissionMissing, ACCESS),
    (190, 458): (TokenRejected, "The app was removed on Facebook. " + CONNECT),
    (190, 459): (TokenRejected, ON_FACEBOOK),
    (190, 460): (TokenRejected, "The password was changed. " + CONNECT),
    (190, 463): (TokenRejected, "The token has expired. " + CONNECT),
    (190, 464): (TokenRejected, "Confirm the Facebook account, then connect again."),
    (190, 466): (TokenRejected, "The login was revoked. " + CONNECT),
    (190, 467): (TokenRejected, "The person logged out. " + CONNECT),
    (190, 490): (TokenRejected, ON_FACEBOOK),
    (190, 493): (TokenRejected, "Data access has lapsed. " + CONNECT),
}

# Where Meta gives different things one code, only its words tell them apart.
_BY_WORDS: Final[tuple[tuple[int | None, re.Pattern[str], Verdict], ...]] = tuple(
    (code, re.compile(words, re.IGNORECASE), verdict)
    for code, words, verdict in (
        (1, "validating client secret", (ConfigError, CHECK_APP)),
        (1, "reduce the amount of data", (ServiceUnavailable, LESS)),
        (100, "validating client secret", (ConfigError, CHECK_APP)),
        (100, "appsecret_proof", (ConfigError, CHECK_APP)),
        (100, "app access token", (ConfigError, CHECK_APP)),
        (100, "did not match the viewing app", (ConfigError, CHECK_ID)),
        (100, "code has been used", (AuthError, "A code works only once. " + CONNECT)),
        (100, "code has expired", (AuthError, "The code was too old. " + CONNECT)),
        (100, "verification code format", (AuthError, CONNECT)),
        (None, "redirect_uri is identical", (AuthError, REDIRECT)),
        (100, "missing permissions$", (PermissionMissing, ACCESS)),
        (100, "^unsupported (get|post|delete) request", (InvalidRequest, NO_OBJECT)),
        (190, "must be granted before", (PermissionMissing, ACCESS)),
        (200, "provide valid app id", (ConfigError, CHECK_ID)),
        (2500, "active access token must be used", (TokenRejected, CONNECT)),
        (2500, "unknown path components", (ConfigError, VERSION)),
    )
)

_BY_CODE: Final[dict[int, Verdict]] = {
    **dict.fromkeys((1, 2, 99, 104, 960, 1150), (ServiceUnavailable, None)),
    **dict.fromkeys((102, 190), (TokenRejected, CONNECT)),
    **dict.fromkeys((10, *range(200, 300)), (PermissionMissing, ACCESS)),
    3: (PermissionMissing, "The app lacks a capability: see its App Dashboard."),
    100: (InvalidRequest, None),
    101: (ConfigError, CHECK_ID),
    191: (ConfigError, REDIRECT),
    368: (GraphError, "Stop for some hours. The token is kept."),
    803: (InvalidRequest, NO_OBJECT),
    2500: (InvalidRequest, None),
    2635: (ConfigError, VERSION),
    2642: (InvalidRequest, "The cursor has expired: run the command again."),
    3018: (InvalidRequest, "Meta keeps 37 months: choose a later first day."),
}


def verdict(
    status: int,
    code: int | None,
    subcode: int | None,
    *,
    message: str,
    transient: bool | None,
) -> Verdict:
    """Return the class of an error and its next step, the exact before the broad."""
    if code in THROTTLES or subcode in _THROTTLE_SUBCODES:
        return RateLimited, None
    if code is not None and subcode is not None and (code, subcode) in _BY_SUBCODE:
        return _BY_SUBCODE[code, subcode]
    for only, words, found in _BY_WORDS:
        if only in (None, code) and words.search(message):
            return found
    if transient and code not in (102, 190):
        return ServiceUnavailable, None
    if code in (1, 2) and transient is False and status < 500:  # noqa: PLR2004 - HTTP
        return GraphError, None
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _by_status(status)


def _by_status(status: int) -> Verdict:
    if status == 429:  # noqa: PLR2004 - RFC 6585, Too Many Requests
        return RateLimited, None
    return (ServiceUnavailable if status >= 500 else GraphError), None  # noqa: PLR2004
