"""What is installed only where it was asked for: `pip install 'metaconnect[...]'`."""

from __future__ import annotations

from ..errors import UsageError


def require_extra(module: str, extra: str, what: str) -> None:
    """Raise UsageError where *module* is missing, which *what* needs."""
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise UsageError(
            f"{what} needs what the extra {extra!r} installs.",
            hint=f"Install it:  pip install 'metaconnect[{extra}]'",
        )
