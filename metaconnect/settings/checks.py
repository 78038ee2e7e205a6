"""What a setting must look like before it is used."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

from ..errors import ConfigError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def base_url(name: str, value: str) -> str:
    """Return *value* without a closing slash, if a secret may be sent there."""
    try:
        url = urlsplit(value)
        port_is_fine = url.port is None or url.port > 0
    except ValueError:
        port_is_fine = False
    secure = port_is_fine and (
        url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
    )
    if not secure or not url.hostname or url.username or url.query or url.fragment:
        raise ConfigError(
            f"{name} must be an https address (or http on localhost), "
            "without a user, a query or a fragment."
        )
    return value.rstrip("/")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def bypasses_rls(key: str) -> bool:
    """Whether *key* is Supabase's secret one, in the new form or as a JWT."""
    if key.startswith("sb_secret_"):
        return True
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004  a JWT has three parts
        return False
    try:
        claims = urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except ValueError:
        return False
    return b'"service_role"' in claims
