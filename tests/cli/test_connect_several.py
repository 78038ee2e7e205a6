"""`connect --client a --client b`: one click in the browser, a connection each."""

import json

import pytest

from .shell import browser, only_json, talk
from .test_connect import paths_asked, secrets_kept, stored

BOTH = ("connect", "--client", "acme", "--client", "beta")
ANOTHER = "act_101000000007919"


def clicks(meta):
    return paths_asked(meta).count("/v26.0/dialog/oauth")


def pending(shell):
    names = secrets_kept(shell)
    return [json.loads(n[8:])[1] for n in names if n.startswith("pending ")]


class TestOneClick:
    def test_connects_each(self, shell, meta):
        done = shell.run(*BOTH, "--account", "first", "--account", ANOTHER, "--json")

        assert done.returncode == 0, done.stderr
        assert clicks(meta) == 1
        acme, beta = stored(shell), stored(shell, "beta")
        assert acme.token == beta.token
        assert acme.ad_account_id == "act_101000000000000"
        assert beta.ad_account_id == ANOTHER
        printed = only_json(done.stdout)
        assert [c["client_id"] for c in printed] == ["acme", "beta"]
        assert [c["ad_account_id"] for c in printed] == [acme.ad_account_id, ANOTHER]
        assert "Connected client 'acme' as Jane Doe." in done.stderr
        assert "Connected client 'beta' as Jane Doe." in done.stderr
        assert acme.token.value not in done.stdout + done.stderr
        assert pending(shell) == []

    def test_one_account_is_that_of_all(self, shell):
        done = shell.run(*BOTH, "--account", ANOTHER)

        assert (done.returncode, done.stdout) == (0, "")
        assert stored(shell).ad_account_id == ANOTHER
        assert stored(shell, "beta").ad_account_id == ANOTHER

    def test_those_that_are_connected_are_left_as_they_are(self, connected, meta):
        before = stored(connected)
        third = (*BOTH, "--client", "gamma", "--account", "first", "--json")
        done = connected.run(*third)

        assert done.returncode == 0, done.stderr
        assert "Client 'acme' is connected already" in done.stderr
        assert stored(connected) == before
        printed = [c["client_id"] for c in only_json(done.stdout)]
        assert printed == ["acme", "beta", "gamma"]

        again = connected.run(*third)
        assert again.returncode == 0, again.stderr
        assert clicks(meta) == 1

    def test_force_logs_in_for_all(self, connected):
        before = stored(connected)
        done = connected.run(*BOTH, "--account", "first", "--force")

        assert done.returncode == 0, done.stderr
        assert stored(connected).token == stored(connected, "beta").token
        assert stored(connected).token != before.token

    def test_a_person_picks_for_each(self, shell):
        with shell.at_terminal(*BOTH) as terminal:
            terminal.until("for client 'acme'\\?.*:")
            terminal.type("1\r")
            terminal.until("for client 'beta'\\?.*:")
            terminal.type("2\r")
            assert terminal.end() == 0, terminal.shown

        assert stored(shell).ad_account_id != stored(shell, "beta").ad_account_id

    def test_a_token_from_elsewhere_can_be_that_of_each(self, shell, meta):
        token = meta.sandbox.issue_token(
            kind="SYSTEM_USER", expires_in=None, scopes=("ads_read", "ads_management")
        )
        done = shell.run(*BOTH, "--account", "first", "--token-stdin", stdin=token)

        assert done.returncode == 0, done.stderr
        assert stored(shell).token.value == stored(shell, "beta").token.value == token


class TestAFailure:
    def test_of_one_keeps_its_login(self, shell, meta):
        accounts = ("--account", "act_9", "--account", ANOTHER)
        done = shell.run(*BOTH, *accounts, "--json")

        assert done.returncode == 8
        assert [c["client_id"] for c in only_json(done.stdout)] == ["beta"]
        (line,) = [s for s in talk(done).splitlines() if s.startswith("Client 'acme'")]
        assert "no ad account 'act_9'" in line
        assert line.endswith("metaconnect connect --resume --client acme")
        error = only_json(talk(done).splitlines()[-1])
        assert error["error"]["type"] == "SomeFailed"
        assert pending(shell) == ["acme"]

        resumed = shell.run("connect", "--client=acme", "--resume", "--account=first")
        assert resumed.returncode == 0, resumed.stderr
        assert stored(shell).token == stored(shell, "beta").token
        assert clicks(meta) == 1

    def test_of_all_is_resumed_for_all(self, shell):
        done = shell.run(*BOTH, "--account", "act_9")
        assert done.returncode == 2, done.stderr
        assert sorted(pending(shell)) == ["acme", "beta"]

        resumed = shell.run(*BOTH, "--resume", "--account", "first")
        assert resumed.returncode == 0, resumed.stderr
        assert pending(shell) == []

    def test_ctrl_c_in_a_picker_keeps_what_is_left(self, shell):
        with shell.at_terminal(*BOTH) as terminal:
            terminal.until("for client 'acme'\\?.*:")
            terminal.type("1\r")
            terminal.until("for client 'beta'\\?.*:")
            terminal.type("\x03")
            assert terminal.end() == 130, terminal.shown

        assert "connect --resume --client beta" in terminal.shown
        assert "connect --resume --client acme" not in terminal.shown
        assert stored(shell)
        assert pending(shell) == ["beta"]

    def test_of_the_login_is_told_once(self, shell):
        done = shell.run(*BOTH, BROWSER=browser("cancel"))

        assert done.returncode == 4
        assert talk(done).count("error: ") == 1
        assert "connect --client acme --client beta" in done.stderr
        assert secrets_kept(shell) == {}


class TestInSupabase:
    @pytest.fixture
    def clients(self, stack, shell):
        shell.env |= {
            "SUPABASE_URL": stack.url,
            "SUPABASE_KEY": stack.publishable_key,
            "SUPABASE_SERVICE_ROLE_KEY": stack.secret_key,
            "METACONNECT_SERVICE_ROLE": "1",
        }
        owner = stack.add_user("owner@example.com")
        return [stack.add_client(name, owner) for name in ("Acme", "Globex")]

    def test_each_has_a_row_of_its_own(self, clients, shell, meta):
        options = [f"--client={client}" for client in clients]
        done = shell.run("connect", *options, "--account", "first", "--json")

        assert done.returncode == 0, done.stderr
        assert clicks(meta) == 1
        listed = only_json(shell.run("status", "--json").stdout)
        assert {row["client_id"] for row in listed} == set(clients)
        assert [c["client_id"] for c in only_json(done.stdout)] == clients
        assert pending(shell) == []

    def test_a_client_that_is_not_there_opens_no_browser(self, clients, shell, meta):
        nobody = "00000000-0000-4000-8000-000000000000"
        done = shell.run("connect", "--client", clients[0], "--client", nobody)

        assert done.returncode not in {0, 1}
        assert nobody in done.stderr
        assert clicks(meta) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start"], "--start is for one --client"),
        (["--complete", "-"], "--complete is for one --client"),
        (["--client", "acme"], "--client names a client twice"),
        (["--client", ""], "empty"),
        (["--account", "first", "--account", ""], "--account is empty"),
        (["--client", "c", "--account", "1", "--account", "2"], "each of the 3"),
    ],
)
def test_what_has_no_meaning_is_refused(words, said, shell):
    done = shell.run(*BOTH, *words)

    assert done.returncode == 2
    assert said in done.stderr
    assert secrets_kept(shell) == {}
