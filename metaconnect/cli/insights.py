"""`metaconnect insights`: options in, rows out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..constants import Format, Level
from .insights_options import (
    AccountsOption,
    ActionBreakdownOption,
    AlertOption,
    AllAccountsOption,
    AllOption,
    AsyncOption,
    BreakdownOption,
    ChartOption,
    CheckOption,
    ClientsOption,
    ColumnOption,
    CompareOption,
    ContinueOption,
    DryRunOption,
    ExplainOption,
    FieldsOption,
    FilteringOption,
    FilterOption,
    FormatOption,
    IncrementOption,
    JqOption,
    JsonOption,
    LevelOption,
    LimitOption,
    ListFieldsOption,
    MaxWaitOption,
    NoRefreshOption,
    OutputOption,
    PresetOption,
    RawOption,
    SinceOption,
    SortOption,
    SparkOption,
    UntilOption,
    WindowOption,
    WordArgument,
)
from .read import ReadOptions

if TYPE_CHECKING:
    from ..output.jq import Program

EXAMPLES = """\
Examples:

metaconnect insights --preset last_30d --level campaign --increment all_days

metaconnect insights --since 2w --until yesterday --fields spend,purchases,roas

metaconnect insights --level ad --filter 'spend > 100' --sort -roas --output ads.csv

metaconnect insights --all --compare previous --increment all_days

metaconnect insights --jq '.[].spend'

metaconnect insights --all --preset yesterday --alert 'spend > 500'"""


def insights(
    ctx: typer.Context,
    word: WordArgument = None,
    client: ClientsOption = None,
    every: AllOption = False,
    account: AccountsOption = None,
    all_accounts: AllAccountsOption = False,
    preset: PresetOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    level: LevelOption = Level.account,
    increment: IncrementOption = "1",
    fields: FieldsOption = None,
    breakdown: BreakdownOption = None,
    action_breakdown: ActionBreakdownOption = None,
    attribution_window: WindowOption = None,
    condition: FilterOption = None,
    filtering: FilteringOption = None,
    sort: SortOption = None,
    limit: LimitOption = None,
    list_fields: ListFieldsOption = False,
    form: FormatOption = None,
    json: JsonOption = False,
    raw: RawOption = False,
    output: OutputOption = None,
    column: ColumnOption = None,
    jq: JqOption = None,
    compare: CompareOption = None,
    chart: ChartOption = None,
    spark: SparkOption = False,
    alert: AlertOption = None,
    explain: ExplainOption = False,
    dry_run: DryRunOption = False,
    check: CheckOption = False,
    proceed: ContinueOption = False,
    report_runs: AsyncOption = "auto",
    max_wait: MaxWaitOption = None,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Read Insights and print a table, JSON, NDJSON, CSV and more.

    On a terminal it is a table, on a pipe JSON.
    """
    import asyncio

    from ..insights.query import insights_query
    from .insights_checks import alerts_in, checked, report_runs_in
    from .read import run

    if list_fields or word is not None:
        _print_fields(word, form, json=json, listed=list_fields)
        return
    query = insights_query(
        preset,
        since=since,
        until=until,
        level=level,
        time_increment=increment,
        fields=_joined(fields),
        breakdowns=_joined(breakdown),
        action_breakdowns=_joined(action_breakdown),
        action_attribution_windows=_joined(attribution_window),
        filtering=[*(condition or ()), *([filtering] if filtering else ())],
        sort=_joined(sort),
        limit=limit,
    )
    options = ReadOptions(
        clients=tuple(client or ()),
        accounts=tuple(account or ()),
        every=every,
        all_accounts=all_accounts,
        form=_format(
            form,
            json=json,
            output=output,
            implied=_implied(raw=raw, jq=jq, drawn=bool(chart or spark)),
            lines=bool(alert),
        ),
        named_form=bool(form or json or jq),
        raw=raw,
        output=output,
        columns=tuple(column or ()),
        jq=_program(jq),
        compare=compare,
        chart=chart,
        spark=spark,
        alerts=alerts_in(alert, query),
        explain=explain,
        dry_run=dry_run,
        check=check,
        proceed=proceed,
        refresh=not no_refresh,
        report_runs=report_runs_in(report_runs),
        max_wait=max_wait,
    )
    code = asyncio.run(run(ctx.obj, *checked(query, options)))
    if code:
        raise typer.Exit(code)


def _print_fields(
    word: str | None, form: Format | None, *, json: bool, listed: bool
) -> None:
    from ..errors import UsageError
    from .list_fields import print_fields
    from .output import chosen_format

    if not listed:
        raise UsageError(
            f"What is {word!r} for?", hint=f"To look for a field: --list-fields {word}"
        )
    print_fields(word or "", chosen_format(form, json=json))


def _joined(values: list[str] | None) -> str | None:
    """Return what an option that may be repeated, or have commas, says."""
    return None if values is None else ",".join(values)


def _program(expression: str | None) -> Program | None:
    if expression is None:
        return None
    from ..output.jq import compiled

    return compiled(expression)


def _implied(*, raw: bool, jq: str | None, drawn: bool) -> Format | None:
    """Return the format that other options leave no choice of."""
    if raw or jq is not None:
        return Format.json
    return Format.table if drawn else None


def _format(
    form: Format | None,
    *,
    json: bool,
    output: Path | None,
    implied: Format | None,
    lines: bool,
) -> Format:
    """
    Return the format that was asked for: in words, by a file's name, or *implied*.

    With *lines* a pipe gets a line for each row.
    """
    from .output import chosen_format, require_place_for

    if output:
        require_place_for(output)
    if form or json:
        return chosen_format(form, json=json)
    if output:
        return _format_of(output)
    if implied:
        return chosen_format(implied)
    found = chosen_format(None)
    return Format.ndjson if lines and found is Format.json else found


def _format_of(output: Path) -> Format:
    """Return the format that the ending of a file's name says."""
    from ..errors import UsageError

    ending = output.suffix.removeprefix(".").lower()
    endings = {str(f): f for f in Format if f is not Format.table}
    endings |= {"jsonl": Format.ndjson, "md": Format.markdown}
    if output.exists() and not output.is_file():  # /dev/stdout, a named pipe
        return endings.get(ending, Format.json)
    if ending not in endings:
        raise UsageError(
            f"The ending of {output} does not say a format.",
            hint=f"Known endings: {', '.join(f'.{e}' for e in sorted(endings))}. "
            "Or name one with --format.",
        )
    return endings[ending]
