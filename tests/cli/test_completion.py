"""The shell completes commands, options and Meta's presets."""

import pytest


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("metaconnect ins", "insights"),
        ("metaconnect insights --pre", "--preset"),
        ("metaconnect insights --preset last_7", "last_7d"),
        ("metaconnect insights --level cam", "campaign"),
        ("metaconnect insights --format nd", "ndjson"),
        ("metaconnect accounts u", "use"),
    ],
)
def test_what_was_begun_is_completed(shell, words, offered):
    done = shell.run(
        _METACONNECT_COMPLETE="complete_bash",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    )

    assert offered in done.stdout.split(), done.stderr
