"""The one table that a run ends with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rich.console import Console
from rich.table import Table

from .measure import Comparison


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure as text, and whether it keeps its budget (None: has none)."""

    what: str
    ours: str
    theirs: str
    result: str
    cpu: str = ""
    budget: str = ""
    kept: bool | None = None

    @classmethod
    def of(
        cls,
        what: str,
        figures: Comparison,
        *,
        budget: float | None = None,
        difference: bool = False,
    ) -> Self:
        """Return the ratio of two times, or with *difference* what is on top."""
        return cls(
            what=what,
            ours=_milliseconds(figures.ours),
            theirs=_milliseconds(figures.theirs),
            result=f"+{_milliseconds(figures.ours - figures.theirs)}"
            if difference
            else f"{figures.ratio:.2f}",
            cpu="" if difference else f"{figures.cpu_ratio:.2f}",
            budget="" if budget is None else f"{budget:.2f}",
            kept=None if budget is None else figures.ratio <= budget,
        )

    @classmethod
    def note(cls, what: str) -> Self:
        """Return a line without figures."""
        return cls(what=what, ours="", theirs="", result="")


def print_table(lines: Iterable[Line]) -> None:
    table = Table()
    for heading in ("what", "ours", "floor or peer", "ratio", "of CPU", "budget", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for line in lines:
        verdict = {True: "kept", False: "OVER", None: ""}[line.kept]
        table.add_row(
            line.what,
            line.ours,
            line.theirs,
            line.result,
            line.cpu,
            line.budget,
            verdict,
        )
    Console(width=120).print(table)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
