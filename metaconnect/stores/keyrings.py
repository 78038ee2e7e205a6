"""Read and write the operating system's keyring, with a time limit."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from ..errors import NoSecretStore

SERVICE = "metaconnect"
TIMEOUT = 3.0  # seconds; a keyring may wait for a prompt that nobody sees


def get(username: str) -> str | None:
    """Return the entry *username*, or raise NoSecretStore."""
    return _in_time(_get_password, username)


def put(username: str, text: str) -> None:
    """Store *text* as the entry *username*, or raise NoSecretStore."""
    # Read back: a locked macOS keychain stores nothing and raises no error.
    if _in_time(_set_password, username, text) != text:
        raise NoSecretStore("The keyring did not keep what was put into it.")


def _in_time(call: Callable[..., str | None], *args: str) -> str | None:
    """
    Run a keyring call in a thread of its own and give up after TIMEOUT.

    Whatever a backend raises (not all of it is a KeyringError) becomes
    NoSecretStore.
    """
    answer: list[str | None] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(call(*args))
        except BaseException as exc:  # noqa: BLE001  backends raise anything
            failure.append(exc)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if answer:
        return answer[0]
    if failure:
        raise _no_secret_store(failure[0]) from failure[0]
    raise NoSecretStore(f"The keyring gave no answer within {TIMEOUT:.0f} s.")


def _no_secret_store(failure: BaseException) -> NoSecretStore:
    if type(failure).__name__ == "NoKeyringError":
        return NoSecretStore("This machine has no keyring.")
    reason = str(failure).rstrip(".")
    return NoSecretStore(f"The keyring cannot be used: {reason}.")


def _get_password(username: str) -> str | None:
    import keyring

    return keyring.get_password(SERVICE, username)


def _set_password(username: str, text: str) -> str | None:
    import keyring

    keyring.set_password(SERVICE, username, text)
    return keyring.get_password(SERVICE, username)
