"""Reading Insights for `metaconnect insights`: whom to ask, and how to print it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..constants import Format

if TYPE_CHECKING:
    from ..api import AsyncMetaconnect
    from ..flows.insights_many import Failure, Targets
    from ..insights.conditions import Condition
    from ..insights.periods import Compare
    from ..insights.query import InsightsQuery
    from ..insights.reading import ReportRuns
    from ..output.jq import Program
    from .context import CommandContext
    from .progress import Progress


class ReadOptions(NamedTuple):
    """The options of `metaconnect insights` that are not of the query."""

    clients: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    every: bool = False
    all_accounts: bool = False
    form: Format = Format.table
    named_form: bool = False
    raw: bool = False
    output: Path | None = None
    columns: tuple[str, ...] = ()
    jq: Program | None = None
    compare: Compare | None = None
    chart: str | None = None
    spark: bool = False
    alerts: tuple[Condition, ...] = ()
    explain: bool = False
    dry_run: bool = False
    check: bool = False
    proceed: bool = False
    refresh: bool = True
    report_runs: ReportRuns = "auto"
    max_wait: float | None = None

    @property
    def many(self) -> bool:
        """Whether rows can be of several ad accounts, and say whose they are."""
        several = max(len(self.clients), len(self.accounts)) > 1
        return self.every or self.all_accounts or several

    @property
    def whole(self) -> bool:
        """Whether all rows are needed before any can be printed."""
        drawn = self.spark or self.chart or self.compare
        return bool(drawn) or self.form is Format.table

    @property
    def shows_progress(self) -> bool:
        """Whether a line of progress would not mix with the rows."""
        to_terminal = self.output is None and sys.stdout.isatty()
        return self.whole or not to_terminal

    @property
    def quiet(self) -> bool:
        """Whether nothing at all is printed where no row matches an alert."""
        return bool(self.alerts) and self.output is None and not self.named_form


class Question(NamedTuple):
    """The query that is asked, and the one whose columns are shown."""

    asked: InsightsQuery
    shown: InsightsQuery


class Reading(NamedTuple):
    """What is read, and with what."""

    meta: AsyncMetaconnect
    question: Question
    targets: Targets
    options: ReadOptions
    progress: Progress
    errors: list[Failure]

    @property
    def query(self) -> InsightsQuery:
        """The query that is asked."""
        return self.question.asked

    @property
    def shown(self) -> InsightsQuery:
        """The query whose columns are shown."""
        return self.question.shown

    @property
    def hidden(self) -> frozenset[str]:
        """The columns that are read but not shown."""
        from ..insights.schema import column_names

        return frozenset(column_names(self.query)) - set(column_names(self.shown))

    @property
    def total(self) -> int:
        """How many ad accounts are meant, or clients where it is not known which."""
        return len(self.targets.requests) + len(self.targets.failures)

    @property
    def all_failed(self) -> bool:
        """Whether there is nothing to print."""
        return 0 < self.total == len(self.errors)

    def failed(self, failure: Failure) -> None:
        """Say what went wrong as soon as it did; with one ad account, raise it."""
        if not self.options.many:
            raise failure.error
        from .report import notice_failure

        self.progress.hide()
        notice_failure(failure)
        self.errors.append(failure)


async def run(
    context: CommandContext, query: InsightsQuery, options: ReadOptions
) -> int:
    """
    Print the rows that answer *query*, and return the exit code.

    Raises where all failed, or some of several.
    """
    from .progress import Progress

    async with context.meta(max_wait=options.max_wait) as meta:
        question = question_of(query, options)
        targets = await _targets(context, meta, question.asked, options)
        if options.dry_run:
            from .explanation import print_plan

            print_plan(meta, targets.requests)
            return 0
        async with Progress(shown=options.shows_progress) as progress:
            reading = Reading(meta, question, targets, options, progress, [])
            if options.many:
                progress.read.ad_accounts = len(targets.requests)
            for failure in targets.failures:
                reading.failed(failure)
            matched = await _print(reading)
    _raise_failures(reading)
    return 9 if options.alerts and matched else 0


def question_of(query: InsightsQuery, options: ReadOptions) -> Question:
    """Return what to ask, so that all that is done with the rows can be done."""
    sorts = options.many and query.order
    if not (options.alerts or options.explain or sorts):
        return Question(query, query)
    from msgspec.structs import replace

    from ..insights.conditions import condition_fields
    from ..insights.explain import explain_fields
    from ..insights.schema import table_query
    from ..insights.sorting import order_fields

    shown = table_query(query) if options.whole else query
    if extra := condition_fields(options.alerts, shown):
        shown = replace(shown, fields=(*shown.fields, *extra))
    hidden = order_fields(shown) if sorts else ()
    if options.explain and not options.raw:
        hidden = (*hidden, *explain_fields(shown))
    names = dict.fromkeys((*shown.fields, *hidden))
    return Question(replace(shown, fields=tuple(names)), shown)


async def _targets(
    context: CommandContext,
    meta: AsyncMetaconnect,
    query: InsightsQuery,
    options: ReadOptions,
) -> Targets:
    if options.many:
        return await meta.insights_requests(
            query,
            await _clients(context, meta, options),
            options.accounts,
            all_accounts=options.all_accounts,
            refresh=options.refresh,
        )
    from ..flows.insights_many import Targets

    request = await meta.insights_request(
        query,
        *(options.clients or (None,)),
        *options.accounts,
        pick=context.pick_client,
        refresh=options.refresh,
    )
    return Targets(requests=(request,))


async def _clients(
    context: CommandContext, meta: AsyncMetaconnect, options: ReadOptions
) -> Sequence[str] | None:
    """Return the clients that are meant, None for all."""
    if options.every or options.clients:
        return options.clients or None
    found = await meta.connection(pick=context.pick_client)
    return [found.client_id]


async def _print(reading: Reading) -> int:
    """Print the rows, and return how many there are."""
    if reading.options.whole:
        from .read_whole import print_whole

        return await print_whole(reading)
    if reading.options.proceed:
        from .read_on import print_on

        return await print_on(reading)
    from .read_stream import print_stream

    return await print_stream(reading)


def _raise_failures(reading: Reading) -> None:
    from ..flows.many import failure_of

    errors = [each.error for each in reading.errors]
    if error := failure_of(errors, total=reading.total):
        raise error
