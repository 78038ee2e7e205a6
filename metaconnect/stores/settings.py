"""Settings that are secrets: in the secret store, beside the tokens."""

from __future__ import annotations

from .secrets import SecretStore

_PREFIX = "setting "  # of their names in the secret store


def store_setting(secrets: SecretStore, name: str, value: str) -> None:
    """Keep the setting *name*, in the place of a former value."""
    secrets.set(f"{_PREFIX}{name}", value)


def stored_settings(secrets: SecretStore) -> dict[str, str]:
    """Return every setting that is kept, by its name."""
    return {
        name.removeprefix(_PREFIX): value
        for name, value in secrets.get_all().items()
        if name.startswith(_PREFIX)
    }
