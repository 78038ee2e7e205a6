"""The examples of the README, by chapter."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

README = (Path(__file__).parents[1] / "README.md").read_text()


class Command(NamedTuple):
    """One `metaconnect …` of the README, and the exit codes that it may end with."""

    arguments: list[str]
    env: dict[str, str]
    exit_codes: tuple[int, ...]


def chapter(title):
    """Return the chapter between *title* and the next."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def sections(title):
    """Return the sections of a chapter by their names; the first is the chapter's."""
    first, *others = re.split(r"^### ", chapter(title), flags=re.MULTILINE)
    named = (section.partition("\n") for section in others)
    return {title: first, **{name: text for name, _, text in named}}


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text):
    """Return what the shell's blocks of *text* run, and what cron does."""
    found, exported = [], {}
    for block in blocks(text, "sh"):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[0] == "export":
                exported |= dict(word.split("=", 1) for word in words[1:])
            elif words[0] == "metaconnect":
                (code,) = re.findall(r"exit code (\d+)", line) or ["0"]
                found.append(Command(_arguments(words), dict(exported), (int(code),)))
            else:
                # Extras are compared with the project's in test_docs.py.
                assert words[:2] == ["pip", "install"], line
    for line in re.findall(r"^[\d* ]+  cd /srv/dashboard && (.*)$", text, re.MULTILINE):
        exit_codes = (0, 9) if "--alert" in line else (0,)
        found.append(Command(_arguments(shlex.split(line)), {}, exit_codes))
    return found


def _arguments(words):
    """Return the arguments of a command, without the file that its output goes to."""
    assert words[0] == "metaconnect", words
    return words[1 : words.index(">")] if ">" in words else words[1:]
