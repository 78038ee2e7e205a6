"""
Report runs: what Meta answers asynchronously, for questions too large otherwise.

https://developers.facebook.com/docs/marketing-api/insights/best-practices/#asynchronous
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from ..errors import InvalidRequest, MetaconnectError, ServiceUnavailable, TooMuchData
from ..graph.errors import error_from
from .fetch import Source
from .query import InsightsQuery

COMPLETED: Final = "Job Completed"
ENDED_BADLY: Final = ("Job Failed", "Job Skipped")
# Seconds. The fastest runs that were recorded took one or two; Meta says that they
# may take an hour, and names no time after which one is stuck.
FIRST_POLL: Final = 1.0
LONGEST_POLL: Final = 30.0
STUCK_AFTER: Final = 600.0  # without any progress
# How often Meta may call a small request too large: it does, now and then.
SMALL_REFUSALS: Final = 2
_NO_OBJECT: Final = (100, 33)  # Meta, of a run that it has just started
_TOO_LARGE: Final = -3  # Report Too Large: another run is no smaller
_LATER: Final = "Try again later, or ask for less: a shorter range, fewer fields."


async def finished_run(source: Source, query: InsightsQuery) -> str:
    """
    Return the id of a report run that has answered *query*.

    One that fails, is skipped, or stops making progress is started again, once; then
    it is the error that Meta names. Raises TooMuchData where a run cannot have so
    much either.
    """
    found = await _tried(source, query)
    if isinstance(found, MetaconnectError) and found.code != _TOO_LARGE:
        found = await _tried(source, query)
    if isinstance(found, MetaconnectError):
        raise found
    return found


async def _tried(source: Source, query: InsightsQuery) -> str | MetaconnectError:
    """Start a run and wait for its end; return its id, or why it has no rows."""
    run_id = await _started(source, query)
    return await _failure(source, run_id) or run_id


async def _started(source: Source, query: InsightsQuery) -> str:
    for _ in range(SMALL_REFUSALS):
        with suppress(TooMuchData):
            return await source.start_report(query)
    return await source.start_report(query)


async def _failure(source: Source, run_id: str) -> MetaconnectError | None:
    """Wait until a run has ended; return why it has no rows, None where it has."""
    graph = source.graph
    said, since = ("", 0), graph.clock()
    for pause in _pauses():
        await graph.pause(pause, f"Meta is preparing a report: {said[1]} %.")
        status = await _status(source, run_id)
        name = str(status.get("async_status") or "")
        percent = _percent(status.get("async_percent_completion"))
        if name in ENDED_BADLY:
            return _reason(name, status)
        # Job Running stands beside 100 % too, and has no rows then.
        if name == COMPLETED and percent >= 100:  # noqa: PLR2004 - percent
            return None
        if (name, percent) != said:
            said, since = (name, percent), graph.clock()
        if graph.clock() - since >= STUCK_AFTER:
            break
    return ServiceUnavailable(
        f"Meta's report run {run_id} makes no progress: {said[0]} {said[1]} %.",
        hint=_LATER,
    )


def _pauses() -> Iterator[float]:
    pause = FIRST_POLL
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_POLL)


async def _status(source: Source, run_id: str) -> Mapping[str, Any]:
    try:
        return await source.report_status(run_id)
    except TooMuchData:
        return {}
    except InvalidRequest as error:
        if (error.code, error.subcode) == _NO_OBJECT:
            return {}
        raise


def _percent(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) else 0


def _reason(name: str, status: Mapping[str, Any]) -> MetaconnectError:
    """
    Return why a run ended badly: since v25.0 the run itself says so.

    https://developers.facebook.com/docs/marketing-api/insights/error-codes
    """
    run_id = status.get("id", "")
    if "error_message" not in status and "error_code" not in status:
        return ServiceUnavailable(
            f"Meta's report run {run_id} ended as {name!r}, without a reason.",
            hint=_LATER,
        )
    keys = ("error_subcode", "error_user_title", "error_user_msg")
    envelope = {key: status.get(key) for key in keys}
    envelope |= {"code": status.get("error_code"), "type": "OAuthException"}
    said = f"{name}: {status.get('error_message') or 'no reason given'}"
    error = error_from(400, {"error": {"message": said, **envelope}})
    error.hint = error.hint or _LATER
    return error
