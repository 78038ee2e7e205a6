"""How long the program takes to say something, before it does anything."""

from collections.abc import Iterator

from metaconnect.cli import lazy

from .measure import compare
from .programs import Programs
from .report import Line

BUDGET = 1.1
HEAVY = ("supabase", "keyring", "pydantic", "uvicorn", "rich.table")
EMPTY = """
import typer
app = typer.Typer()
@app.callback()
def version(version: bool = typer.Option(False, "--version", callback=lambda wanted:
            said() if wanted else None, is_eager=True)):
    pass
def said():
    print("0.1.0")
    raise typer.Exit
"""


def help_text(programs: Programs, turns: int) -> Iterator[Line]:
    """`metaconnect --help` against an empty app with as many commands."""
    yield _line(programs, "--help", turns)


def version(programs: Programs, turns: int) -> Iterator[Line]:
    """`metaconnect --version` against the same empty app."""
    yield _line(programs, "--version", turns)


def imports(programs: Programs, turns: int) -> Iterator[Line]:
    """What the heavy libraries cost whoever imports them."""
    for module in HEAVY:
        code = f"import {module}"
        figures = compare(programs.python(code), programs.python("pass"), turns)
        yield Line.of(f"{code}, over an empty Python", figures, difference=True)


def _line(programs: Programs, option: str, turns: int) -> Line:
    floor = programs.floor("empty", EMPTY + _commands(), option)
    figures = compare(programs.ours(option), floor, turns)
    return Line.of(f"metaconnect {option}, over an empty app", figures, budget=BUDGET)


def _commands() -> str:
    """Return the source of as many commands and groups as ours has, all empty."""
    lines = []
    for number, name in enumerate(lazy.COMMANDS):
        commands = getattr(lazy.load(name), "commands", None)
        if commands is None:
            lines.append(_command("app", number))
            continue
        lines.append(f"group{number} = typer.Typer()")
        lines += [_command(f"group{number}", each) for each in range(len(commands))]
        lines.append(f'app.add_typer(group{number}, name="group{number}")')
    return "\n".join(lines)


def _command(group: str, number: int) -> str:
    return f"@{group}.command()\ndef {group}_command{number}():\n    pass"
