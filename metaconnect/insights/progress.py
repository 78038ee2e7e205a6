"""How far a read has come: what a person who waits wants to know."""

from __future__ import annotations

import msgspec


class ReadProgress(msgspec.Struct):
    """
    Counts while Insights are read; whoever shows it looks at it now and then.

    `windows` is how many parts the query was cut into, 0 where it is read as one;
    `ad_accounts` is how many are read, 0 where it is one. `waiting` says why nothing
    happens at the moment, "" where something does.
    """

    pages: int = 0
    rows: int = 0
    windows: int = 0
    windows_done: int = 0
    ad_accounts: int = 0
    ad_accounts_done: int = 0
    waiting: str = ""

    def wait(self, why: str) -> None:
        """Say why nothing happens, "" once something does."""
        self.waiting = why
