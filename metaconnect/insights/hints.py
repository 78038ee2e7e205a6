"""The next step where Meta refuses a field, a breakdown or a date preset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from ..constants import DATE_PRESETS
from .breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from .fields import FIELDS, REMOVED, REPLACED
from .names import nearest
from .picks import PLAIN
from .query import InsightsQuery

# https://developers.facebook.com/docs/marketing-api/insights/error-codes
INVALID_BREAKDOWNS: Final = 1504041

_NOT_VALID = re.compile(
    r"(?:\(#100\) )?([\w, ]+?) (?:is|are) not valid for (fields|breakdowns|"
    r"action_breakdowns) param"
)
_PRESET = re.compile(r"(\w+) is not a valid date_preset")
_NO_REACH = "Reach-related metric breakdowns are unavailable"
_ALIKE = 0.7
_COMBINATION = re.compile(r"combination of data breakdown columns \(([\w, ]+)\)")


def hint_for(
    message: str, query: InsightsQuery | None = None, subcode: int | None = None
) -> str | None:
    """
    Return the next step for what *message*, Meta's, says of *query*, if any.

    Some errors say nothing in words: their *subcode* does.
    """
    if match := _NOT_VALID.search(message):
        about = _ABOUT[match[2]]
        names = [name.strip() for name in match[1].split(",")]
        return " ".join(about(name) for name in names if name)
    if match := _PRESET.search(message):
        return _about_preset(match[1])
    if match := _COMBINATION.search(message):
        return _about_combination([name.strip() for name in match[1].split(",")])
    if subcode == INVALID_BREAKDOWNS and query and query.breakdowns:
        return (
            f"Leave out a breakdown ({', '.join(query.breakdowns)}), or fields that "
            "Meta does not break down by it."
        )
    if _NO_REACH in message:
        return (
            "Leave out reach, frequency and cpp, or the breakdowns; or begin within "
            "the last 13 months."
        )
    return None


def similar_fields(name: str) -> list[str]:
    """Return up to three fields that can be asked for and look like *name*."""
    return nearest(
        name, [*(field for field in FIELDS if _exists(field)), *PLAIN], cutoff=_ALIKE
    )


def _exists(field: str) -> bool:
    return field not in REMOVED


def _about_field(name: str) -> str:
    if name in REPLACED:
        return f"Ask for {REPLACED[name]} instead of {name}."
    if name in BREAKDOWNS:
        return f"{name} is a breakdown: --breakdown {name}"
    if name in ACTION_BREAKDOWNS:
        return f"{name} breaks actions down: --action-breakdown {name}"
    return _about(name, similar_fields(name))


def _about_breakdown(name: str) -> str:
    instead = REPLACED.get(name, "")
    if instead.startswith("the breakdown"):
        return f"Ask for {instead} instead of {name}."
    return _about(name, nearest(name, BREAKDOWNS, cutoff=_ALIKE))


def _about_combination(names: list[str]) -> str:
    if "platform_position" in names and "publisher_platform" not in names:
        return "Break down by publisher_platform, too: --breakdown publisher_platform"
    # Meta names action_type whether or not it was asked for.
    asked = [name for name in names if name != "action_type"]
    if len(asked) == 1:
        return (
            f"{asked[0]} does not go with action lists: ask for other fields, as "
            "--fields spend,impressions."
        )
    return (
        f"Leave out one of {', '.join(asked)}. These go together: https://developers."
        "facebook.com/docs/marketing-api/insights/breakdowns"
    )


def _about_action_breakdown(name: str) -> str:
    return _about(name, nearest(name, ACTION_BREAKDOWNS, cutoff=_ALIKE))


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
    if similar := nearest(name, DATE_PRESETS, cutoff=_ALIKE):
        return f"Did you mean {similar[0]}?"
    return f"One of: {', '.join(DATE_PRESETS)}"
