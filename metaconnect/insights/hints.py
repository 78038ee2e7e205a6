"""Next steps that can be read off the words of Meta's refusal."""

from __future__ import annotations

import re

from ..constants import DATE_PRESETS
from .fields import similar_fields

_FIELDS = re.compile(r"(?:\(#100\) )?([\w, ]+?) (?:is|are) not valid for fields param")
_PRESET = re.compile(r"(\w+) is not a valid date_preset")
_LATEST = re.compile(r"latest version: (v\d+\.\d+)")

# Asked for again and again, and no fields: elsewhere they can be had.
_ELSEWHERE = {
    **dict.fromkeys(
        ("landing_page_views", "leads", "link_clicks", "purchases"),
        "an action type: ask for actions",
    ),
    **dict.fromkeys(("age", "country", "gender"), "a breakdown, not a field"),
}


def hint_in_words(message: str) -> str | None:
    """Return the next step for a refused field, preset or version, if any."""
    if match := _FIELDS.search(message):
        names = [name.strip() for name in match[1].split(",")]
        return " ".join(_about_field(name) for name in names if name)
    if match := _PRESET.search(message):
        return _about_preset(match[1])
    if match := _LATEST.search(message):
        return f"Set META_API_VERSION={match[1]}"
    return None


def _about_field(name: str) -> str:
    if name in _ELSEWHERE:
        return f"{name} is {_ELSEWHERE[name]}."
    similar = [other for other in similar_fields(name) if other != name]
    if similar:
        return f"Did you mean {' or '.join(similar)} instead of {name}?"
    return f"Leave out {name}."


def _about_preset(name: str) -> str:
    from difflib import get_close_matches

    if similar := get_close_matches(name, DATE_PRESETS, n=1):
        return f"Did you mean {similar[0]}?"
    return f"One of: {', '.join(DATE_PRESETS)}"
