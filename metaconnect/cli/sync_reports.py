"""Which reports a sync keeps: of the command line, else of metaconnect.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from ..errors import ConfigError, UsageError
from ..insights.query import insights_query
from ..insights.reports import DAYS, Report, report, reports_in
from ..settings import nearest, working_folder

FILE_NAME = "metaconnect.toml"


class Asked(NamedTuple):
    """What the command line says; `question` are the options of a query."""

    names: tuple[str, ...]
    since: str | None
    days: int | None
    question: Mapping[str, Any]


def wanted_reports(asked: Asked) -> list[Report]:
    """Return the reports that are meant. Raises UsageError, and ConfigError."""
    path = None if asked.question else nearest(working_folder(), FILE_NAME)
    if path and (found := _reports_of(path)):
        return [_with(each, asked) for each in _named(found, asked.names, path)]
    if len(asked.names) > 1:
        raise UsageError(
            f"Several reports are those of {FILE_NAME}, and none was found.",
            hint="Put them there:  [reports.NAME]",
        )
    options: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in asked.question.items()
    }
    return [
        report(
            asked.names[0] if asked.names else None,
            query=insights_query(**options),
            since=asked.since,
            days=DAYS if asked.days is None else asked.days,
        )
    ]


def _reports_of(path: Path) -> list[Report]:
    # It says what is asked, and never where the answer goes: it may be part of a
    # folder that was cloned.
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8")).get("reports", {})
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}.") from exc
    except ValueError as exc:  # also UnicodeDecodeError
        raise ConfigError(f"{path} cannot be read: {exc}.") from None
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: write reports as [reports.NAME].")
    try:
        return reports_in(table)
    except UsageError as error:
        raise ConfigError(f"{path}: {error}", hint=error.hint) from None


def _named(found: list[Report], names: tuple[str, ...], path: Path) -> list[Report]:
    by_name = {each.name: each for each in found}
    for name in names:
        if name not in by_name:
            raise UsageError(
                f"{path} has no report {name!r}.", hint=f"It has: {', '.join(by_name)}."
            )
    return [by_name[name] for name in dict.fromkeys(names)] if names else found


def _with(each: Report, asked: Asked) -> Report:
    """Return a report of the file as the command line changes it."""
    changed = report(
        each.name,
        query=each.query,
        since=asked.since,
        days=each.days if asked.days is None else asked.days,
    )
    return replace(changed, since=changed.since or each.since)
