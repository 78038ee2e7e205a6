"""`metaconnect doctor`: every prerequisite in one screen, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from .options import FormatOption, JsonOption

if TYPE_CHECKING:
    from ..constants import Format
    from ..flows.doctor import Finding
    from .context import CommandContext

EXAMPLES = """\
Examples:

metaconnect doctor

metaconnect doctor --json | jq '.[] | select(.verdict == "problem")'"""

SHOWN = ("name", "verdict", "found")  # what there is to mend follows the table


def doctor(
    ctx: typer.Context, form: FormatOption = None, json: JsonOption = False
) -> None:
    """
    Check everything that metaconnect needs, and say how to mend what is wrong.

    Nothing is changed at Meta or in Supabase, and no browser opens. The exit
    code is 0, or that of what has to be mended first: 3 for a setting, 4 for a
    login, 7 for what cannot be reached.
    """
    import asyncio

    from ..flows.doctor import exit_code_of
    from .output import chosen_format

    chosen = chosen_format(form, json=json)
    findings = asyncio.run(findings_of(ctx.obj))
    print_findings(findings, chosen)
    raise typer.Exit(exit_code_of(findings))


def print_findings(findings: Sequence[Finding], form: Format) -> None:
    """Print *findings*; as a table, what is to be mended follows on stderr."""
    from ..flows.doctor import Finding
    from .output import print_list

    is_table = form == "table"
    print_list(
        [_row(finding) for finding in findings],
        SHOWN if is_table else Finding.__struct_fields__,
        form,
        dim=lambda row: row["verdict"] == "skipped",
        empty="Nothing was checked.",
    )
    if is_table:
        _say_what_to_mend(findings)


async def findings_of(context: CommandContext) -> list[Finding]:
    from ..api import AsyncMetaconnect

    # Without a question about the project: that it needs leave is a finding.
    async with AsyncMetaconnect(context.settings, notice=_ignore) as meta:
        return await meta.doctor()


def _ignore(_notice: str) -> None:
    """What Meta says of the version is a finding of its own."""


def _row(finding: Finding) -> dict[str, object]:
    from msgspec.structs import asdict

    return asdict(finding) | {"verdict": str(finding.verdict)}


def _say_what_to_mend(findings: Sequence[Finding]) -> None:
    """Print what is wrong in full, with what to do about it below."""
    from .report import notice

    wrong = [f for f in findings if f.mend or f.verdict in ("problem", "warning")]
    for finding in wrong:
        notice(f"\n{finding.verdict}: {finding.name}: {finding.found}")
        if finding.mend:
            notice(finding.mend)
    if not wrong:
        notice("\nNothing to mend.")
