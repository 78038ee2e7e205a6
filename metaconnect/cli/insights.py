"""`metaconnect insights`: options in, rows out."""

from __future__ import annotations

from pathlib import Path

import typer

from ..constants import Format, Level
from .insights_options import (
    AccountsOption,
    ActionBreakdownOption,
    AllAccountsOption,
    AllOption,
    BreakdownOption,
    CheckOption,
    ClientsOption,
    FieldsOption,
    FilteringOption,
    FilterOption,
    FormatOption,
    IncrementOption,
    JsonOption,
    LevelOption,
    LimitOption,
    ListFieldsOption,
    NoRefreshOption,
    OutputOption,
    PresetOption,
    RawOption,
    SinceOption,
    SortOption,
    UntilOption,
    WindowOption,
    WordArgument,
)
from .read import ReadOptions

EXAMPLES = """\
Examples:

metaconnect insights --preset last_30d --level campaign

metaconnect insights --since 2026-11-01 --until 2026-11-07 --increment 7

metaconnect insights --fields spend,purchases,roas --output week.csv

metaconnect insights | jq '.[].spend'"""


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
    check: CheckOption = False,
    no_refresh: NoRefreshOption = False,
) -> None:
    """
    Read Insights and print a table, JSON, NDJSON or CSV.

    On a terminal it is a table, on a pipe JSON.
    """
    import asyncio

    from ..errors import UsageError
    from ..insights.query import insights_query

    if list_fields or word is not None:
        _print_fields(word, form, json=json, listed=list_fields)
        return
    options = ReadOptions(
        clients=tuple(client or ()),
        accounts=_accounts(account),
        every=every,
        all_accounts=all_accounts,
        form=_format(form, json=json, raw=raw, output=output),
        raw=raw,
        output=output,
        check=check,
        refresh=not no_refresh,
    )
    _require_one_way(options)
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
    if check and (raw or "spend" not in query.fields):
        raise UsageError("--check compares spend: ask for that field, without --raw.")
    if options.many:
        from .read_many import run
    else:
        from .read import run
    asyncio.run(run(ctx.obj, query, options))


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


def _accounts(given: list[str] | None) -> tuple[str, ...]:
    from ..errors import UsageError

    if "" in (given or ()):
        raise UsageError("--account is empty.")
    return tuple(given or ())


def _require_one_way(options: ReadOptions) -> None:
    """Raise UsageError where it is said twice, differently, whose rows are meant."""
    from ..errors import UsageError

    if options.every and options.clients:
        raise UsageError("--all and --client exclude each other.")
    if options.all_accounts and options.accounts:
        raise UsageError("--all-accounts and --account exclude each other.")
    if options.accounts and (options.every or len(options.clients) > 1):
        raise UsageError(
            "--account is one client's: give one --client, or --all-accounts."
        )
    if options.check and options.many:
        raise UsageError("--check is for one ad account.")


def _format(
    form: Format | None, *, json: bool, raw: bool, output: Path | None
) -> Format:
    """Return the format that was asked for, in words or by the name of a file."""
    from .output import chosen_format, require_place_for

    if output:
        require_place_for(output)
    if form or json:
        return chosen_format(form, json=json)
    if output:
        return _format_of(output)
    return chosen_format(Format.json if raw else None)


def _format_of(output: Path) -> Format:
    """Return the format that the ending of a file's name says."""
    from ..errors import UsageError

    ending = output.suffix.removeprefix(".").lower()
    endings = {str(f): f for f in Format if f is not Format.table}
    endings["jsonl"] = Format.ndjson
    if output.exists() and not output.is_file():  # /dev/stdout, a named pipe
        return endings.get(ending, Format.json)
    if ending not in endings:
        raise UsageError(
            f"The ending of {output} does not say a format.",
            hint=f"Known endings: {', '.join(f'.{e}' for e in sorted(endings))}. "
            "Or name one with --format.",
        )
    return endings[ending]
