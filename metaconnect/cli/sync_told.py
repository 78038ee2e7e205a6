"""What a sync says: a line a client on stderr, and its data on stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..constants import Format
from ..flows.many import failure_of
from .dates import iso
from .output import print_list
from .report import notice_on

if TYPE_CHECKING:
    from ..flows.sync import Synced
    from ..models import Row
    from ..warehouse.base import Change

NAMES = (
    "client_id",
    "ad_account_id",
    "report",
    "since",
    "until",
    "rows",
    "changes",
    "reason",
)
CHANGE_NAMES = (
    "client_id",
    "report",
    "date_start",
    "date_stop",
    "entity_id",
    "breakdown_key",
    "metric",
    "old_value",
    "new_value",
    "changed_at",
)


def tell(done: Sequence[Synced]) -> None:
    """Say what came of each client, in one line."""
    by_client: dict[str, list[Synced]] = {}
    for synced in done:
        by_client.setdefault(synced.client_id, []).append(synced)
    for client_id, reports in by_client.items():
        problems = [synced.problem for synced in reports if synced.problem]
        if not problems:
            notice_on(client_id, _said(reports))
        elif len(by_client) > 1:  # else the error says it
            hint = " ".join(problems[0].hint.splitlines())
            notice_on(client_id, f"{problems[0]} {hint}".strip())


def _said(done: Sequence[Synced]) -> str:
    firsts = [synced.since for synced in done if synced.since]
    lasts = [synced.until for synced in done if synced.until]
    if not firsts or not lasts:
        return "everything is there already."
    rows = sum(synced.rows for synced in done)
    restated = sum(len(synced.changes) for synced in done)
    parts = [f"{rows:,} row{'s' * (rows != 1)} of {min(firsts)} to {max(lasts)}"]
    if len(done) > 1:
        parts.append(f"{len(done)} reports")
    if restated:
        parts.append(f"{restated:,} number{'s' * (restated != 1)} restated")
    return ", ".join(parts) + "."


def print_synced(done: Sequence[Synced], form: Format) -> None:
    print_list([_row(synced) for synced in done], NAMES, form, empty="No connections.")


def print_changes(done: Sequence[Synced], form: Format) -> None:
    """Print what Meta restated since the last run."""
    rows = [_change_row(synced, each) for synced in done for each in synced.changes]
    print_list(rows, CHANGE_NAMES, form, empty="Nothing was restated.")


def _row(synced: Synced) -> Row:
    return {
        "client_id": synced.client_id,
        "ad_account_id": synced.ad_account_id,
        "report": synced.report,
        "since": synced.since and synced.since.isoformat(),
        "until": synced.until and synced.until.isoformat(),
        "rows": synced.rows,
        "changes": len(synced.changes),
        "reason": str(synced.problem) if synced.problem else None,
    }


def _change_row(synced: Synced, change: Change) -> Row:
    return {
        **{name: getattr(change, name, None) for name in CHANGE_NAMES},
        "report": synced.report,
        "date_start": change.date_start.isoformat(),
        "date_stop": change.date_stop.isoformat(),
        "changed_at": iso(change.changed_at),
    }


def raise_failure(done: Sequence[Synced]) -> None:
    """Raise where any client failed: its first problem, or that some did."""
    first: dict[str, Synced] = {}
    for synced in done:
        if synced.client_id not in first or synced.problem:
            first[synced.client_id] = synced
    problems = [synced.problem for synced in first.values() if synced.problem]
    if failure := failure_of(problems, total=len(first)):
        raise failure
