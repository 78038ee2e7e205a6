"""`metaconnect demo` at a terminal, with Chromium as the person's browser."""

from ..cli.shell import Shell
from ..cli.shell import browser as writing_to
from .conftest import address_in
from .person import heading


def test_a_person_says_yes_and_picks(person, tmp_path):
    for folder in ("work", "tmp"):
        (tmp_path / folder).mkdir()
    bare = Shell(
        tmp_path / "work",
        TMPDIR=tmp_path / "tmp",
        METACONNECT_HOME=tmp_path / "data",
        BROWSER=writing_to(tmp_path / "address"),
    )
    someone = person()
    with bare.at_terminal("demo") as terminal:
        tab = someone.open(address_in(tmp_path / "address"))
        tab.click("#continue")
        assert heading(tab) == "Authorization received"
        terminal.until("Which ad account")
        terminal.type("nordwind\r")
        terminal.until("Enter takes it")
        terminal.type("\r")
        assert terminal.end() == 0, terminal.shown

    assert "Ad account: Nordwind Versand" in terminal.shown
    assert "Nordwind Versand (act_" in terminal.shown
    assert list((tmp_path / "tmp").iterdir()) == []
    assert someone.complaints == []
