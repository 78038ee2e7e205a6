"""`--continue`: rows go behind what an interrupted run has left of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from ..errors import UsageError
from ..flows.insights import ad_account_of
from ..insights.dates import date_range
from ..insights.schema import columns
from ..insights.windows import stretches
from ..models import TimeRange
from .output import opened_to_continue
from .sinks import open_rows, say_written
from .terminal import say

if TYPE_CHECKING:
    from ..flows.insights import InsightsRequest
    from .read import Reading

_WINDOW: Final = 28  # days; what an interruption may cost


async def print_on(reading: Reading) -> int:
    """Print what is not in the file yet, window by window, and return how many."""
    from ..output.partial import key_of

    options, (request,) = reading.options, reading.targets.requests
    days = await _days(reading, request)
    names = columns(reading.shown, currency=request.currency)
    key = key_of(request.ad_account_id, reading.shown, days, options.form, names)
    if options.output is None:
        raise UsageError("--continue needs --output FILE.")
    with opened_to_continue(options.output, options.form, key) as partial:
        if partial.done_until is not None:
            say(f"Going on after {partial.done_until}.")
        out = open_rows(
            partial.file, reading, names, continued=partial.done_until is not None
        )
        count = 0
        for window in stretches(reading.query, days, _WINDOW):
            if partial.done_until is not None and window.until <= partial.done_until:
                continue
            wanted = replace(request, window=window)
            async with reading.meta.reading(
                wanted,
                raw=options.raw,
                report_runs=options.report_runs,
                progress=reading.progress.read,
            ) as pages:
                async for page in pages:
                    count += out.write(page)
            partial.checkpoint(window.until)
        out.close()
    reading.progress.hide()
    for line in out.explanation():
        say(line)
    say_written(options, count)
    return count


async def _days(reading: Reading, request: InsightsRequest) -> TimeRange:
    ad_account = await ad_account_of(request, graph=reading.meta.parts.graph)
    days = date_range(
        request.dated_query,
        timezone_name=ad_account.timezone_name,
        now=reading.meta.parts.now(),
    )
    if days is None:
        raise UsageError(
            f"--continue needs to know the days, and those of "
            f"{request.query.date_preset} are Meta's to choose.",
            hint="Give --since and --until.",
        )
    return days
