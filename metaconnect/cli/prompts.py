"""Questions to the person: a line, a password, yes or no, one of a list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..errors import UsageError
from ..models import AdAccount, Client
from ..output.text import one_line
from .terminal import encodable, interruptible, is_interactive, read_line, say

if TYPE_CHECKING:  # rich takes its time, and most questions go without
    from rich.console import Console
    from rich.text import Text

T = TypeVar("T")
SEARCH_FROM = 10  # a shorter list is quicker read than searched
AROUND = 4  # lines of a screen that are not the list's
FEWEST = 5  # lines of a list even on the smallest screen
NARROWEST = 16  # columns of a name, before other columns leave
GAP = "  "


def ask(question: str, *, option: str) -> str:
    """
    Ask for a line on stderr and return it.

    Raises UsageError at the end of the input, and where nobody can be asked: it
    names the *option*.
    """
    _require_person(question, option)
    question = encodable(one_line(question), sys.stderr.encoding)
    line = read_line(lambda: print(question, end=" ", file=sys.stderr))  # noqa: T201
    if line is None:
        say()
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
            say()
            raise _no_answer() from None


def confirm(question: str) -> bool:
    """Whether the answer is yes. Raises UsageError at the end of the input."""
    return ask(f"{question} [y/N]", option="").lower() in ("y", "yes")


def pick_ad_account(
    ad_accounts: Sequence[AdAccount], client_id: str | None = None
) -> AdAccount | None:
    """
    Let the person choose, for the client where there are several.

    None: they closed the input instead.
    """
    from ..flows.accounts import matching

    return _pick(
        ad_accounts,
        title=f"Which ad account for client {client_id!r}?"
        if client_id
        else "Which ad account?",
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
    shown = max(console.height - AROUND, FEWEST)
    found, narrowed = items, False
    while True:
        lines = _lines(found[:shown], headings, cells, console.width)
        _print(console, lines, map(dim, found), more=len(found) - shown)
        choices = _choices(found[:shown], narrowed, len(items) > SEARCH_FROM)
        question = Text(f"{title} {choices}:", style="bold")
        typed = read_line(partial(console.print, question, end=" "))
        if typed is None:
            console.print()
            return None
        if typed.isdecimal() and 0 < int(typed) <= min(len(found), shown):
            return found[int(typed) - 1]
        if not typed and narrowed and len(found) == 1:
            return found[0]
        matches = search(typed, items) if typed else list(items)
        if not matches:
            console.print(f"Nothing contains {one_line(typed)!r}.", markup=False)
        found, narrowed = matches or items, bool(typed and matches)


def _print(
    console: Console, lines: Sequence[Text], dimmed: Iterable[bool], *, more: int
) -> None:
    for line, is_dim in zip(lines, [True, *dimmed], strict=False):
        console.print(line, style="dim" if is_dim else None)
    if more > 0:
        console.print(f"... and {more} more.", style="dim")


def _choices(shown: Sequence[object], narrowed: bool, searchable: bool) -> str:
    numbers = "Number 1" if len(shown) == 1 else f"Number 1-{len(shown)}"
    if narrowed and len(shown) == 1:
        return f"{numbers} (Enter takes it)"
    return f"{numbers}, or part of a name" if searchable else numbers


def _lines(
    items: Sequence[T],
    headings: Sequence[str],
    cells: Callable[[T], Sequence[str]],
    width: int,
) -> list[Text]:
    """
    Return the headings, and each of *items* with its number, a line each.

    The first column shortens so that lines fit *width*; then columns leave, the
    last one first. An id is never cut: it would be another id.
    """
    from rich.text import Text

    rows = [headings, *map(cells, items)]
    texts = [[Text(one_line(cell)) for cell in row] for row in rows]  # never markup
    numbers = ["", *(str(number) for number in range(1, len(rows)))]
    room = width - len(numbers[-1])
    widths = _widths(texts, room)
    for row in texts:
        for text, wide in zip(row, widths, strict=False):
            text.truncate(wide, overflow="ellipsis", pad=True)
    return [
        Text(GAP).join([Text(number.rjust(len(numbers[-1]))), *row[: len(widths)]])
        for number, row in zip(numbers, texts, strict=True)
    ]


def _widths(texts: Sequence[Sequence[Text]], room: int) -> list[int]:
    """Return how wide the columns are that fit *room* with a gap before each."""
    widths = [max(t.cell_len for t in column) for column in zip(*texts, strict=True)]
    while True:
        first = room - sum(widths[1:]) - len(GAP) * len(widths)
        if first >= min(NARROWEST, widths[0]) or len(widths) == 1:
            return [max(1, min(first, widths[0])), *widths[1:]]
        widths.pop()


def _clients_with(text: str, clients: Sequence[Client]) -> list[Client]:
    folded = text.casefold()
    return [c for c in clients if folded in c.name.casefold() or folded in c.id]


def _require_person(question: str, option: str) -> None:
    if not is_interactive():
        named = f": give {option}" if option else ""
        raise UsageError(f"{question} Nobody can be asked here{named}.")


def _no_answer() -> UsageError:
    return UsageError("No answer was given: nothing was done.", hint="")
