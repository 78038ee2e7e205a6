"""What a setting must look like before it is used."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from ipaddress import ip_address
from pathlib import Path

from ..errors import ConfigError
from ..loopback import is_loopback_host

# Stricter than `urlsplit`, which takes "http://[::1]evil.example" and drops
# line breaks: what is checked must be what is connected to.
_BASE_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?)"
    r"(:(?P<port>\d{1,5}))?"
    r"(?P<path>(/[\w.~%!&'()*+,;=:@-]*)*)",
    re.ASCII | re.IGNORECASE,
)
_DEFAULT_PORTS = {"https": 443, "http": 80}
_REFERENCE = re.compile(r"\$\{\w+\}|\$[A-Za-z_]\w*")


def base_url(name: str, value: str) -> str:
    """
    Return *value* in normal form, without a closing slash.

    Raises ConfigError where a secret must not be sent there: it is neither
    https nor http on this machine, or not certainly the URL that it looks like.
    """
    refuse_reference(name, value)
    match = _BASE_URL.fullmatch(value)
    if not match or not _is_host(match["host"]) or not _is_port(match["port"]):
        raise _no_base_url(name)
    scheme, host = match["scheme"].lower(), match["host"].lower()
    if scheme != "https" and not is_loopback_host(host):
        raise _no_base_url(name)
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    suffix = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{suffix}{match['path']}".rstrip("/")


def header_value(name: str, value: str) -> str:
    """Return *value* if it can be a key or an app secret in an HTTP header."""
    refuse_reference(name, value)
    if not re.fullmatch(r"[!-~]+", value):
        raise ConfigError(
            f"{name} has a character that no key has (a space, or one outside ASCII).",
            hint="Copy it again.",
        )
    return value


def refuse_reference(name: str, value: str) -> None:
    """Raise ConfigError for a value such as ${OTHER}: nothing is filled in."""
    if _REFERENCE.search(value):
        raise ConfigError(
            f"{name} refers to another variable with $, but values are used as they "
            "are written.",
            hint="Write the value out.",
        )


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def absolute_folder(name: str, value: str) -> Path:
    """Return the folder that *value* names; "~" and relative paths are resolved."""
    try:
        # expanduser: RuntimeError for a user that does not exist or has no home;
        # absolute: FileNotFoundError where the working folder was deleted.
        path = Path(value).expanduser().absolute()
    except (OSError, RuntimeError) as exc:
        raise ConfigError(f"{name} is no folder that can be used: {exc}.") from exc
    if "\0" in value:
        raise ConfigError(f"{name} is no folder that can be used.")
    return path


def key_role(key: str) -> str | None:
    """
    Return the database role of a Supabase API key, None where it does not say.

    https://supabase.com/docs/guides/api/api-keys
    """
    if key.startswith("sb_secret_"):
        return "service_role"
    if key.startswith("sb_publishable_"):
        return "anon"
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004  a JWT has three parts
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    role = claims.get("role") if isinstance(claims, dict) else None
    return role if isinstance(role, str) else None


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_ip_address(host[1:-1])
    labels = host.removesuffix(".").lower().split(".")
    if not all(0 < len(label) <= 63 for label in labels) or len(host) > 253:  # noqa: PLR2004  RFC 1035, section 2.3.4
        return False
    if labels[-1].isdigit():  # never a name (RFC 3696, section 2)
        return _is_ip_address(host)
    return not any(label.startswith("xn--") for label in labels) or _is_idn(host)


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_idn(host: str) -> bool:
    # httpx decodes such a host with this library, and fails where it does.
    import idna

    try:
        idna.decode(host)
    except UnicodeError:
        return False
    return True


def _is_port(port: str | None) -> bool:
    return port is None or 0 < int(port) < 65536  # noqa: PLR2004


def _no_base_url(name: str) -> ConfigError:
    return ConfigError(
        f"{name} must be an https address (or http on localhost), "
        "without a user, a query or a fragment.",
        hint="A host outside ASCII is written in its xn-- form.",
    )
