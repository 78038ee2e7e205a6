"""A line of blocks that shows how a number went: ▁▂▅█▅▂."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII: Final = "_.-=+*#@"
WIDEST: Final = 30  # characters


class Spark(str):
    """A drawn text: a table never shortens it."""

    __slots__ = ()


def spark_of(
    values: Sequence[int | Decimal | None], *, blocks: bool = True, width: int = WIDEST
) -> Spark:
    """
    Return *values* as a line of at most *width* characters, the lowest for nothing.

    It begins at zero, so that twice the height is twice the number. More values than
    characters are averaged, a few to each. Without *blocks* it is ASCII.
    """
    levels = BLOCKS if blocks else ASCII
    size = -(-len(values) // width) or 1
    parts = [values[start : start + size] for start in range(0, len(values), size)]
    means = [Decimal(sum(value or 0 for value in part)) / len(part) for part in parts]
    highest = max(means, default=Decimal(0))
    return Spark("".join(levels[_level(mean, highest)] for mean in means))


def _level(value: Decimal, highest: Decimal) -> int:
    """Return how high *value* is drawn: 0 for nothing alone."""
    if value <= 0:
        return 0
    top = len(BLOCKS) - 1
    return max(round(value * top / highest), 1)
