"""`metaconnect insights` for many clients and ad accounts."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect.models import AccessToken
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

EUROS, YEN = "act_101000000000000", "act_101000000015838"


@pytest.fixture
def clients(connected):
    """Three clients: of one the token is rejected."""
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    one = store.get("acme")
    store.save(replace(one, client_id="zebra"))
    store.save(
        replace(one, client_id="broken", token=AccessToken(value="EAABofnobody"))
    )
    return connected


def test_rows_of_all_say_whose_they_are(connected):
    done = connected.run("insights", "--all", "--fields", "spend", "--format", "csv")

    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == ["client", "account_id", "date_start", "date_stop", "spend"]
    assert [row[:2] for row in rows[1:]] == [["acme", EUROS[4:]]] * 7


def test_what_fails_for_one_is_said_and_the_rest_is_printed(clients):
    done = clients.run("insights", "--all", "--preset", "yesterday", "--json")

    assert done.returncode == 8
    assert [row["client"] for row in json.loads(done.stdout)] == ["acme", "zebra"]
    assert "Client 'broken': act_101000000000000:" in done.stderr
    assert "metaconnect connect --client broken" in done.stderr
    last = json.loads(done.stderr.splitlines()[-1])
    assert last["error"]["message"] == "1 of 3 clients failed."


def test_where_all_fail_alike_the_exit_code_is_theirs(clients):
    done = clients.run("insights", "--client", "broken", "--client", "broken")

    assert (done.returncode, done.stdout) == (4, "")


def test_named_clients_in_their_order(clients):
    done = clients.run(
        "insights", "--client", "zebra", "--client", "acme",
        "--preset", "yesterday", "--format", "ndjson",
    )  # fmt: skip

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["client"] for row in lines] == ["zebra", "acme"]


def test_ad_accounts_of_one_client(connected):
    done = connected.run(
        "insights", "--account", EUROS, "--account", YEN,
        "--preset", "last_30d", "--increment", "all_days", "--json",
    )  # fmt: skip

    rows = json.loads(done.stdout)
    assert [row["account_id"] for row in rows] == [EUROS[4:], YEN[4:]]
    assert {row["client"] for row in rows} == {"acme"}


def test_every_ad_account_of_a_client(connected):
    listed = json.loads(connected.run("accounts", "list", "--json").stdout)
    done = connected.run(
        "insights", "--all-accounts", "--preset", "last_30d",
        "--increment", "all_days", "--fields", "spend", "--json",
    )  # fmt: skip

    found = {f"act_{row['account_id']}" for row in json.loads(done.stdout)}
    assert found < {row["id"] for row in listed}
    assert len(found) > 1


def test_raw_rows_say_whose_they_are_too(connected):
    done = connected.run("insights", "--all", "--preset", "yesterday", "--raw")

    (row,) = json.loads(done.stdout)
    assert (row["client"], row["account_id"]) == ("acme", EUROS[4:])
    assert isinstance(row["spend"], str)


def test_currencies_are_never_added(connected):
    done = connected.run(
        "insights", "--account", EUROS, "--account", YEN, "--preset", "last_30d",
        "--increment", "all_days", "--fields", "spend", "--format", "table",
    )  # fmt: skip

    totals = re.findall(r"^total.*?(EUR|JPY)", done.stdout, re.MULTILINE)
    assert totals == ["EUR", "JPY"]


def test_a_failed_client_has_a_row_that_says_what_to_type(clients):
    done = clients.run(
        "insights", "--all", "--preset", "yesterday", "--format", "table"
    )

    assert done.returncode == 8
    assert re.search(
        r"^broken.*metaconnect connect --client broken", done.stdout, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--all", "--client", "acme"], "--client"),
        (["--all", "--account", EUROS], "--account"),
        (["--client", "a", "--client", "b", "--account", EUROS], "--account"),
        (["--all-accounts", "--account", EUROS], "--account"),
        (["--all", "--check"], "--check"),
        (["--client", ""], "empty"),
        (["--account", ""], "--account"),
    ],
)
def test_what_contradicts_itself_is_refused(shell, options, named):
    done = shell.run("insights", *options)

    assert done.returncode == 2
    assert named in done.stderr


def test_all_of_nobody_says_how_to_begin(shell):
    done = shell.run("insights", "--all")

    assert done.returncode == 4
    assert "metaconnect connect" in done.stderr
