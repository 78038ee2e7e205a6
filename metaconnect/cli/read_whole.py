"""Rows that are printed once all are there: tables, comparisons, charts, trends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ..constants import Format
from ..errors import UsageError
from ..flows.insights_many import Failure
from ..flows.report import InsightsReport

if TYPE_CHECKING:
    from ..flows.insights import InsightsRequest
    from ..models import Column, Row
    from ..output.base import TableOptions, Totals
    from .read import Reading


class Shown(NamedTuple):
    """What is printed."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    totals: Row | Sequence[Totals]
    caption: str
    currency: str | None
    failures: Sequence[Failure] = ()


async def print_whole(reading: Reading) -> int:
    """Print the rows of all reports, and return how many."""
    from .output import opened
    from .sinks import open_rows, say_written
    from .terminal import say

    options = reading.options
    found = [*reading.targets.failures, *await _reports(reading)]
    reports = [each for each in found if isinstance(each, InsightsReport)]
    reading.progress.hide()
    shown = _joined(reading, found) if options.many else _single(reading, *reports)
    with opened(options.output) as file:
        table = _table(reading, shown, reports)
        rows = open_rows(file, reading, shown.columns, table=table)
        count = rows.write(shown.rows)
        if not options.chart:
            rows.say_failed(shown.failures)
            rows.close()
        elif count or not options.quiet:
            file.write(_chart(reading, shown).encode())
    if not options.quiet:
        _say_beside(reading, reports)
    for line in rows.explanation():
        say(line)
    say_written(options, count)
    return count


async def _reports(reading: Reading) -> list[InsightsReport | Failure]:
    from ..errors import MetaconnectError
    from ..flows.insights_many import failure_of_request
    from ..flows.many import each

    async def one(request: InsightsRequest) -> InsightsReport | Failure:
        try:
            return await _report(reading, request)
        except MetaconnectError as error:
            failure = failure_of_request(request, error)
            reading.failed(failure)
            return failure
        finally:
            reading.progress.read.ad_accounts_done += 1

    return await each(reading.targets.requests, one)


async def _report(reading: Reading, request: InsightsRequest) -> InsightsReport:
    meta, options = reading.meta, reading.options
    is_table = options.form is Format.table
    read = partial(
        meta.report,
        report_runs=options.report_runs,
        progress=reading.progress.read,
        for_terminal=is_table,
    )
    if options.spark:
        return _with_trends(await read(request))
    if options.compare is None:
        return await read(request)
    from ..flows.compared import compared_report

    return await compared_report(
        request,
        options.compare,
        read=read,
        graph=meta.parts.graph,
        now=meta.parts.now(),
        difference=not is_table,
    )


def _with_trends(report: InsightsReport) -> InsightsReport:
    """Return *report* with one row for each object, and the course of its spend."""
    import sys

    from msgspec.structs import replace

    from ..insights.by_object import by_object, with_trend
    from ..output.spark import spark_of
    from .terminal import encodable

    days, blocks = report.facts.dates, "\u2581\u2588"
    if days is None:
        return report
    drawn = encodable(blocks, sys.stdout.encoding) == blocks
    return replace(
        report,
        columns=with_trend(report.columns),
        rows=by_object(
            report.columns,
            report.rows,
            report.request.query,
            days=days,
            draw=partial(spark_of, blocks=drawn),
        ),
    )


def _single(reading: Reading, report: InsightsReport) -> Shown:
    from .caption import caption

    return Shown(
        columns=_without(reading.hidden, report.columns),
        rows=report.rows,
        totals=report.totals,
        caption=caption(report.request, report.facts),
        currency=report.facts.currency,
    )


def _joined(reading: Reading, found: Sequence[InsightsReport | Failure]) -> Shown:
    from ..flows.joined import joined
    from ..output.base import Totals
    from .caption import caption_of_many

    report = joined(reading.query, found)
    return Shown(
        columns=_without(reading.hidden, report.columns),
        rows=report.rows,
        totals=[
            Totals(label=name if len(report.totals) > 1 else "", values=values)
            for name, values in report.totals.items()
        ],
        caption=caption_of_many(found),
        currency=report.currency,
        failures=report.failures,
    )


def _without(hidden: frozenset[str], columns: Sequence[Column]) -> Sequence[Column]:
    """Return the *columns* that are shown, without the *hidden* and their changes."""
    if not hidden:
        return columns
    from ..insights.compare import CHANGE, DIFFERENCE, PREVIOUS

    endings = ("", PREVIOUS, DIFFERENCE, CHANGE)
    left_out = {f"{name}{ending}" for name in hidden for ending in endings}
    return [column for column in columns if column.name not in left_out]


def _table(
    reading: Reading, shown: Shown, reports: Sequence[InsightsReport]
) -> TableOptions:
    from ..insights.caption import CURRENCY, legend
    from ..output.base import TableOptions
    from .explanation import why_empty
    from .output import colors, table_width
    from .sinks import NOTICE
    from .terminal import say

    options = reading.options
    return TableOptions(
        caption=shown.caption,
        legend=list(filter(None, [legend(shown.columns)])),
        width=None if options.output else table_width(),
        color=options.output is None and colors(),
        currency=shown.currency,
        currency_key=CURRENCY if options.many else None,
        totals=None if options.alerts else lambda _rows: shown.totals,
        row_notice=lambda row: row.get(NOTICE),
        notice=say,
        empty=why_empty(reports[0].request) if reports else "No rows.",
    )


def _chart(reading: Reading, shown: Shown) -> str:
    from ..insights.identity import identity
    from ..output.chart import chart, chart_column
    from ..output.text import one_line
    from .output import colors, table_width

    column = chart_column(shown.columns, reading.options.chart or "")
    if column.kind.is_money and shown.currency is None and reading.options.many:
        raise UsageError(
            f"One chart cannot hold {column.name} in several currencies.",
            hint="Draw the ad accounts of one currency, or a number without one.",
        )
    by = identity(shown.columns, reading.shown)
    drawn = chart(shown.rows, column, by, width=table_width(), color=colors())
    return f"{one_line(shown.caption)}\n{drawn}"


def _say_beside(reading: Reading, reports: Sequence[InsightsReport]) -> None:
    """Say what the table does not: deleted objects, and a day that is not over."""
    from ..insights.periods import not_over
    from .caption import deleted
    from .explanation import say_notes, today_of
    from .terminal import say

    for report in reports:
        if report.spend_of_deleted is not None:
            text = deleted(report.spend_of_deleted, report.facts.currency)
            if reading.options.many:
                text = f"{report.request.connection.client_id}: {text}"
            say(text)
    for report in reports[:1]:
        days, today = report.facts.dates, today_of(report.request)
        text = not_over(days, today) if reading.options.compare and days else ""
        if text:
            say(text)
        say_notes(reading, report.request)
