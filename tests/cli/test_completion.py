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
        ("metaconnect --store su", "supabase"),
        ("metaconnect --store lo", "local"),
        ("metaconnect insights --fields spe", "spend"),
        ("metaconnect insights --fields spend,purch", "spend,purchases"),
    ],
)
def test_what_was_begun_is_completed(shell, words, offered):
    done = shell.run(
        _METACONNECT_COMPLETE="complete_bash",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    )

    assert offered in done.stdout.split(), done.stderr


def test_clients_are_completed_and_a_broken_store_is_silent(connected):
    complete = {
        "_METACONNECT_COMPLETE": "complete_bash",
        "COMP_WORDS": "metaconnect insights --client ac",
        "COMP_CWORD": "3",
    }
    done = connected.run(**complete)
    assert done.stdout.split() == ["acme"]
    done = connected.run(**complete, METACONNECT_STORE="nowhere")
    assert (done.stdout.strip(), done.stderr) == ("", "")
