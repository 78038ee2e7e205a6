"""Which options of `metaconnect insights` go together: said before Meta is asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace

from ..constants import Format
from ..errors import UsageError
from .options import require_one_way
from .read import ReadOptions

if TYPE_CHECKING:
    from ..insights.conditions import Condition
    from ..insights.query import InsightsQuery
    from ..insights.reading import ReportRuns


def alerts_in(
    texts: Sequence[str] | None, query: InsightsQuery
) -> tuple[Condition, ...]:
    """Return the conditions of --alert. Raises UsageError."""
    if not texts:
        return ()
    from ..insights.conditions import parse_condition

    return tuple(parse_condition(text, query) for text in texts)


def report_runs_in(text: str) -> ReportRuns:
    """Return the word of --async. Raises UsageError."""
    from ..insights.reading import ReportRuns

    for word in get_args(ReportRuns):
        if word == text:
            return word  # type: ignore[no-any-return]
    words = ", ".join(get_args(ReportRuns))
    raise UsageError(f"--async is one of {words}, not {text!r}.")


def checked(
    query: InsightsQuery, options: ReadOptions
) -> tuple[InsightsQuery, ReadOptions]:
    """
    Return the two, fit to be run: raises UsageError for what contradicts itself.

    Rows of many ad accounts are sorted here, since Meta knows one at a time.
    """
    require_one_way(
        options.clients,
        options.accounts,
        every=options.every,
        all_accounts=options.all_accounts,
    )
    _check_form(query, options)
    _check_drawings(query, options)
    _check_reading(query, options)
    if options.many and query.sort:
        from ..insights.sorting import orders_in

        query = replace(query, sort=(), order=orders_in(query.sort))
    return query, options


def _check_form(query: InsightsQuery, options: ReadOptions) -> None:
    from ..output.base import require_usable

    require_usable(
        options.form, terminal=options.output is None and sys.stdout.isatty()
    )
    if options.raw:
        _refuse(
            "--raw",
            {
                "--column": options.columns,
                "--compare": options.compare,
                "--chart": options.chart,
                "--spark": options.spark,
                "--alert": options.alerts,
                "--sort by that column": query.order,
            },
        )
    if options.jq and options.form is not Format.json:
        raise UsageError(f"--jq prints what its expression says, not {options.form}.")


def _check_reading(query: InsightsQuery, options: ReadOptions) -> None:
    if options.check:
        if options.raw or "spend" not in query.fields:
            raise UsageError(
                "--check compares spend: ask for that field, without --raw."
            )
        _refuse(
            "--check", {"several ad accounts": options.many, "--limit": query.limit}
        )
    if not options.proceed:
        return
    if options.output is None or options.form not in (Format.ndjson, Format.csv):
        raise UsageError("--continue goes with --output FILE of ndjson or csv.")
    if query.time_increment == "all_days":
        raise UsageError("--continue needs rows by date: give --increment.")
    _refuse(
        "--continue",
        {
            "several ad accounts": options.many,
            "--sort": query.sort or query.order,
            "--limit": query.limit,
            "--alert": options.alerts,
            "--jq": options.jq,
        },
    )


def _check_drawings(query: InsightsQuery, options: ReadOptions) -> None:
    if sum(map(bool, (options.chart, options.spark, options.compare))) > 1:
        raise UsageError("--chart, --spark and --compare exclude each other.")
    if options.spark and options.form is not Format.table:
        raise UsageError(f"--spark is a table, not {options.form}.")
    if options.spark and query.time_increment == "all_days":
        raise UsageError("--spark needs several rows for each object: --increment 1.")
    if options.compare and query.date_preset in ("maximum", "data_maximum"):
        raise UsageError(
            f"--compare needs to know the days, and Meta chooses those of "
            f"{query.date_preset}.",
            hint="Give --since and --until.",
        )
    if not options.chart:
        return
    if options.output or options.form is not Format.table:
        raise UsageError("--chart is drawn: it goes without --output and --format.")
    from ..insights.schema import columns, table_query
    from ..output.chart import chart_column

    chart_column(columns(table_query(query)), options.chart)


def _refuse(option: str, others: Mapping[str, object]) -> None:
    for other, given in others.items():
        if given:
            raise UsageError(f"{option} does not go with {other}.")
