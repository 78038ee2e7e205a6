"""Questions to the person: a line, a password, yes or no, one of a list."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..errors import UsageError
from ..models import AdAccount, Client
from ..redact import printable
from .terminal import interruptible, is_interactive, read_line

if TYPE_CHECKING:  # rich takes its time, and most questions go without
    from rich.table import Table

T = TypeVar("T")
SEARCH_FROM = 10  # a shorter list is quicker read than searched
AROUND = 4  # lines of a screen that are not the list's
FEWEST = 5  # lines of a list even on the smallest screen


def ask(question: str, *, option: str) -> str:
    """
    Ask for a line on stderr and return it.

    Raises UsageError at the end of the input, and where nobody can be asked: it
    names the *option*.
    """
    _require_person(question, option)
    line = read_line(lambda: print(question, end=" ", file=sys.stderr))  # noqa: T201
    if line is None:
        raise _no_answer()
    return line


def ask_unseen(question: str, *, option: str) -> str:
    """Like `ask`, for what nobody should see typed."""
    from getpass import getpass

    _require_person(question, option)
    with interruptible():
        try:
            return getpass(f"{question} ", stream=sys.stderr)
        except EOFError:
            raise _no_answer() from None


def confirm(question: str) -> bool:
    """Whether the answer is yes. Raises UsageError at the end of the input."""
    return ask(f"{question} [y/N]", option="").lower() in ("y", "yes")


def pick_ad_account(ad_accounts: Sequence[AdAccount]) -> AdAccount | None:
    """Let the person choose. None: they closed the input instead."""
    from ..flows.accounts import matching

    return _pick(
        ad_accounts,
        title="Which ad account?",
        headings=("ad account", "id", "status", "currency"),
        cells=lambda a: (a.name or "(no name)", a.id, a.status, a.currency or ""),
        search=matching,
        dim=lambda a: not a.is_active,
    )


def pick_client(clients: Sequence[Client]) -> str | None:
    """
    Let the person choose a client; with none yet, let them name one.

    None: they closed the input instead.
    """
    while not clients:
        if name := ask("A name for this client:", option="--client"):
            return name
    client = _pick(
        clients,
        title="Which client?",
        headings=("client", "id"),
        cells=lambda c: (c.name, c.id),
        search=_clients_with,
    )
    return client.id if client else None


def _pick(
    items: Sequence[T],
    *,
    title: str,
    headings: Sequence[str],
    cells: Callable[[T], Sequence[str]],
    search: Callable[[str, Sequence[T]], list[T]],
    dim: Callable[[T], bool] = lambda _item: False,
) -> T | None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    shown = max(shutil.get_terminal_size().lines - AROUND, FEWEST)
    found, narrowed = items, False
    while True:
        console.print(_table(found[:shown], headings, cells, dim))
        if len(found) > shown:
            console.print(f"... and {len(found) - shown} more.", style="dim")
        choices = _choices(found[:shown], narrowed, len(items) > SEARCH_FROM)
        question = Text(f"{title} {choices}:", style="bold")
        line = read_line(partial(console.print, question, end=" "))
        if line is None:
            console.print()
            return None
        if line.isdecimal() and 0 < int(line) <= min(len(found), shown):
            return found[int(line) - 1]
        if not line and narrowed and len(found) == 1:
            return found[0]
        matches = search(line, items) if line else list(items)
        if not matches:
            console.print(f"Nothing contains {printable(line)!r}.", markup=False)
            matches, line = list(items), ""
        found, narrowed = matches, bool(line)


def _choices(shown: Sequence[object], narrowed: bool, searchable: bool) -> str:
    numbers = "Number 1" if len(shown) == 1 else f"Number 1-{len(shown)}"
    if narrowed and len(shown) == 1:
        return f"{numbers} (Enter takes it)"
    return f"{numbers}, or part of a name" if searchable else numbers


def _table(
    items: Sequence[T],
    headings: Sequence[str],
    cells: Callable[[T], Sequence[str]],
    dim: Callable[[T], bool],
) -> Table:
    """Return *items* as a numbered table, one line each whatever the width."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    for place, heading in enumerate(headings):
        # An id that is cut is another id: names shorten before it does.
        widest = max((len(cells(item)[place]) for item in items), default=1)
        least = widest if heading == "id" else None
        table.add_column(heading, no_wrap=True, overflow="ellipsis", min_width=least)
    for number, item in enumerate(items, start=1):
        texts = (Text(printable(cell)) for cell in cells(item))  # never markup
        table.add_row(str(number), *texts, style="dim" if dim(item) else None)
    return table


def _clients_with(text: str, clients: Sequence[Client]) -> list[Client]:
    folded = text.casefold()
    return [c for c in clients if folded in c.name.casefold() or folded in c.id]


def _require_person(question: str, option: str) -> None:
    if not is_interactive():
        named = f": give {option}" if option else ""
        raise UsageError(f"{question} Nobody can be asked here{named}.")


def _no_answer() -> UsageError:
    return UsageError("No answer was given: nothing was done.", hint="")
