"""The next step where Meta refuses a field, a breakdown or a date preset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..constants import DATE_PRESETS
from .breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from .fields import FIELDS, REMOVED
from .picks import PLAIN

_NOT_VALID = re.compile(
    r"(?:\(#100\) )?([\w, ]+?) (?:is|are) not valid for (fields|breakdowns|"
    r"action_breakdowns) param"
)
_PRESET = re.compile(r"(\w+) is not a valid date_preset")
_COMBINATION = re.compile(r"combination of data breakdown columns \(([\w, ]+)\)")


def hint_for(message: str) -> str | None:
    """Return the next step for what *message*, Meta's, says of a query, if any."""
    if match := _NOT_VALID.search(message):
        about = _ABOUT[match[2]]
        names = [name.strip() for name in match[1].split(",")]
        return " ".join(about(name) for name in names if name)
    if match := _PRESET.search(message):
        return _about_preset(match[1])
    if match := _COMBINATION.search(message):
        return (
            f"Leave out one of {match[1]}. These go together: https://developers."
            "facebook.com/docs/marketing-api/insights/breakdowns"
        )
    return None


def similar_fields(name: str) -> list[str]:
    """Return up to three fields that can be asked for and look like *name*."""
    return _similar(name, [*(field for field in FIELDS if _exists(field)), *PLAIN])


def _exists(field: str) -> bool:
    return field not in REMOVED


def _about_field(name: str) -> str:
    if name in BREAKDOWNS:
        return f"{name} is a breakdown: --breakdown {name}"
    if name in ACTION_BREAKDOWNS:
        return f"{name} breaks actions down: --action-breakdown {name}"
    return _about(name, similar_fields(name))


def _about_breakdown(name: str) -> str:
    return _about(name, _similar(name, BREAKDOWNS))


def _about_action_breakdown(name: str) -> str:
    return _about(name, _similar(name, ACTION_BREAKDOWNS))


_ABOUT: dict[str, Callable[[str], str]] = {
    "fields": _about_field,
    "breakdowns": _about_breakdown,
    "action_breakdowns": _about_action_breakdown,
}


def _about(name: str, similar: Iterable[str]) -> str:
    others = [other for other in similar if other != name]
    if others:
        return f"Did you mean {' or '.join(others)} instead of {name}?"
    return f"Leave out {name}."


def _about_preset(name: str) -> str:
    if similar := _similar(name, DATE_PRESETS):
        return f"Did you mean {similar[0]}?"
    return f"One of: {', '.join(DATE_PRESETS)}"


def _similar(name: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=3, cutoff=0.7)
