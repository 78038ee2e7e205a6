"""The options of `metaconnect insights`, in Meta's words where Meta has one."""

from pathlib import Path
from typing import Annotated

import typer

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Format, Level
from ..insights.periods import Compare
from .options import complete_clients, none_empty

# The parts of the help.
WHOSE = "Whose rows"
QUESTION = "The question"
READING = "How they are read"
OUTPUT = "How they are printed"


def _fields(incomplete: str) -> list[str]:
    from .completion import fields

    return fields(incomplete)


ClientsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--client",
        metavar="ID",
        help="Whose connection; may be given several times. Default: "
        "METACONNECT_CLIENT, else the only one.",
        autocompletion=complete_clients,
        callback=none_empty,
        rich_help_panel=WHOSE,
    ),
]
AllOption = Annotated[
    bool, typer.Option("--all", help="Every connected client.", rich_help_panel=WHOSE)
]
AccountsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        metavar="ACCOUNT",
        help="Any ad account that the client's token reaches, by id or name; may be "
        "given several times. Default: the one chosen when connecting.",
        rich_help_panel=WHOSE,
    ),
]
AllAccountsOption = Annotated[
    bool,
    typer.Option(
        "--all-accounts",
        help="Every ad account that the token reaches.",
        rich_help_panel=WHOSE,
    ),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        metavar="PRESET",
        help=f"Meta's date preset: {', '.join(DATE_PRESETS)}. Default: last_7d.",
        autocompletion=lambda: list(DATE_PRESETS),
        rich_help_panel=QUESTION,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="First day: 2026-11-01, yesterday, 7d, 2w, '1 month ago'.",
        rich_help_panel=QUESTION,
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Last day, included. Default: yesterday; today where it begins today.",
        rich_help_panel=QUESTION,
    ),
]
LevelOption = Annotated[
    Level,
    typer.Option(
        metavar="LEVEL",
        help=f"How fine the rows are: {', '.join(Level)}.",
        rich_help_panel=QUESTION,
    ),
]
IncrementOption = Annotated[
    str,
    typer.Option(
        metavar="DAYS",
        help="Days a row: 1 to 90, daily, weekly, monthly or all_days.",
        rich_help_panel=QUESTION,
    ),
]
FieldsOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Meta's field names, with commas; +video and other sets; purchases, "
        "roas, leads and the like, counted once; actions:TYPE for one action type. "
        "--list-fields shows them all. "
        f"Default: {', '.join(DEFAULT_FIELDS)}.",
        autocompletion=_fields,
        rich_help_panel=QUESTION,
    ),
]
BreakdownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--breakdown",
        metavar="NAME",
        help="Split rows, as by age,gender or country; repeatable or with commas.",
        rich_help_panel=QUESTION,
    ),
]
ActionBreakdownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--action-breakdown",
        metavar="NAME",
        help="Split action lists, as by action_device; they stay lists.",
        rich_help_panel=QUESTION,
    ),
]
WindowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attribution-window",
        metavar="WINDOW",
        help="Count actions within it, as 7d_click,1d_view; repeatable or with commas.",
        rich_help_panel=QUESTION,
    ),
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="CONDITION",
        help="FIELD OPERATOR VALUE, as 'campaign.name CONTAIN sale'; repeatable.",
        rich_help_panel=QUESTION,
    ),
]
FilteringOption = Annotated[
    str | None,
    typer.Option(
        "--filtering",
        metavar="JSON",
        help="Meta's own `filtering`.",
        rich_help_panel=QUESTION,
    ),
]
SortOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sort",
        metavar="KEY",
        help="-spend, 'roas desc' or spend_descending; ascending if not said.",
        rich_help_panel=QUESTION,
    ),
]
LimitOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="At most N rows.", rich_help_panel=QUESTION),
]
ListFieldsOption = Annotated[
    bool,
    typer.Option(
        "--list-fields",
        help="List what can be asked for, all or with WORD in it; ask nothing.",
        rich_help_panel=QUESTION,
    ),
]
WordArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[WORD]",
        help="For --list-fields: a word to look for.",
        show_default=False,
    ),
]
RawOption = Annotated[
    bool,
    typer.Option(
        "--raw", help="Meta's rows as they came, as JSON.", rich_help_panel=OUTPUT
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write FILE, whole or not at all; its ending says the format.",
        rich_help_panel=OUTPUT,
    ),
]
CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Say what deleted objects spent, which have no rows below the "
        "account level. A table does so anyway.",
        rich_help_panel=READING,
    ),
]

FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{', '.join(Format)}. Default: table on a terminal, else json.",
        rich_help_panel=OUTPUT,
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Short for --format json.", rich_help_panel=OUTPUT),
]
NoRefreshOption = Annotated[
    bool,
    typer.Option(
        "--no-refresh",
        help="Do not extend a token that has less than seven days left.",
        rich_help_panel=READING,
    ),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME",
        help="Only these columns, in this order; repeatable or with commas.",
        rich_help_panel=OUTPUT,
    ),
]
JqOption = Annotated[
    str | None,
    typer.Option(
        "--jq",
        metavar="EXPRESSION",
        help="jq's language over the rows, as JSON.",
        rich_help_panel=OUTPUT,
    ),
]
CompareOption = Annotated[
    Compare | None,
    typer.Option(
        "--compare",
        metavar="previous|year",
        help="Put the period before, or the same dates a year ago, beside each number.",
        rich_help_panel=OUTPUT,
    ),
]
ChartOption = Annotated[
    str | None,
    typer.Option(
        "--chart",
        metavar="METRIC",
        help="Draw it over the days.",
        rich_help_panel=OUTPUT,
    ),
]
SparkOption = Annotated[
    bool,
    typer.Option(
        "--spark",
        help="One row per object, with the course of its spend.",
        rich_help_panel=OUTPUT,
    ),
]
AlertOption = Annotated[
    list[str] | None,
    typer.Option(
        "--alert",
        metavar="CONDITION",
        help="'spend > 500': print the rows that match and exit 9, else nothing; "
        "repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
ExplainOption = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Say on stderr what the numbers are: days, attribution, action types, "
        "the request.",
        rich_help_panel=READING,
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print what would be asked, as --explain does, and ask nothing.",
        rich_help_panel=READING,
    ),
]
ContinueOption = Annotated[
    bool,
    typer.Option(
        "--continue",
        help="Go on with an interrupted --output FILE (ndjson, csv).",
        rich_help_panel=READING,
    ),
]
AsyncOption = Annotated[
    str,
    typer.Option(
        "--async",
        metavar="WHEN",
        help="Have Meta prepare a report: always, never, or auto, where it answers "
        "no other way.",
        rich_help_panel=READING,
    ),
]
MaxWaitOption = Annotated[
    int | None,
    typer.Option(
        "--max-wait",
        metavar="SECONDS",
        min=0,
        help="How long to wait for a quota of Meta's before exit 6. Default: 120.",
        rich_help_panel=READING,
    ),
]
