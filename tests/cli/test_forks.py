"""A forked command is what the same command is with an interpreter of its own."""

import subprocess

import pytest

from .shell import COMMAND


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (["insights", "--format", "csv"], ""),
        (["status", "--nonsense"], ""),
        (["accounts", "use", "--json"], "Zoë\n"),
    ],
)
def test_it_says_and_answers_the_same(connected, arguments, typed):
    whole = subprocess.run(
        [*COMMAND, *arguments],
        cwd=connected.folder,
        env=connected.env,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    forked = connected.run(*arguments, stdin=typed)

    assert (forked.stdout, forked.stderr) == (whole.stdout, whole.stderr)
    assert forked.returncode == whole.returncode
