"""The options of `metaconnect insights`, in Meta's words where Meta has one."""

from pathlib import Path
from typing import Annotated

import typer

from ..constants import DATE_PRESETS, DEFAULT_FIELDS, Format, Level
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
