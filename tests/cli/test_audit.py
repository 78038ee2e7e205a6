"""`metaconnect audit`: the report, its formats and its exit codes."""

import csv
import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect.cli.options import require_one_way
from metaconnect.errors import UsageError
from metaconnect.models import AccessToken
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

DELETED, WRONG = "act_103000000000001", "act_103000000000027"
KEYS = [
    "client", "account_id", "account_name", "date_start", "date_stop", "check",
    "verdict", "cause", "spend", "currency", "missing", "days", "empty_days", "parts",
    "text",
]  # fmt: skip


def test_what_agrees_is_a_row_a_check_and_success(connected):
    done = connected.run("audit")

    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert {tuple(row) for row in rows} == {tuple(KEYS)}
    assert [row["verdict"] for row in rows] == ["agrees"] * 6 + ["explained"]
    assert rows[0]["text"] == "The days add up to the account."
    assert "Compared 1 ad account, 7 pages of rows." in done.stderr


def test_a_person_reads_a_short_table_and_sentences(connected):
    done = connected.run("audit", "--account", DELETED, "--format", "table")

    assert done.returncode == 0, done.stderr
    assert "3 checks  agrees" in done.stdout
    assert "deleted_objects" in done.stdout
    assert "which archived or deleted ones have: Retargeting" in " ".join(
        done.stdout.split()
    )


def test_what_nothing_explains_is_exit_code_9(connected):
    done = connected.run("audit", "--account", WRONG, "--format", "ndjson")

    assert done.returncode == 9
    rows = list(map(json.loads, done.stdout.splitlines()))
    wrong = [row for row in rows if row["verdict"] == "unexplained"]
    assert [row["check"] for row in wrong] == ["ad", "country"]
    assert len(wrong[0]["days"]) == 7
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error["message"] == "1 of 1 ad accounts do not add up."


@pytest.fixture
def clients(connected):
    """Two clients more: the numbers of one are wrong, the other's token."""
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    one = store.get("acme")
    store.save(replace(one, client_id="wrong", ad_account_id=WRONG))
    store.save(replace(one, client_id="broken", token=AccessToken(value="EAABnobody")))
    return connected


def test_of_all_clients_some_may_fail_and_the_rest_is_printed(clients):
    done = clients.run(
        "audit", "--all", "--preset", "yesterday", "--breakdown", "age",
        "--format", "csv",
    )  # fmt: skip

    assert done.returncode == 8
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == KEYS
    found = {(row[0], row[6]) for row in rows}
    assert ("acme", "agrees") in found
    assert ("wrong", "unexplained") in found
    assert "metaconnect connect --client broken" in done.stderr


def test_one_that_fails_has_the_exit_code_of_its_error(clients):
    done = clients.run("audit", "--client", "broken", "--format", "table")

    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("metaconnect connect") == 1


def test_what_contradicts_itself_is_refused(connected):
    done = connected.run("audit", "--all", "--client", "acme")

    assert done.returncode == 2
    assert "--client" in done.stderr


@pytest.mark.parametrize(
    ("clients", "accounts", "named"),
    [
        (["acme"], [""], "--account is empty"),
        (["a", "b"], [WRONG], "--account is one client's"),
        ([], [WRONG], "--account is one client's"),
    ],
)
def test_an_account_is_one_clients(clients, accounts, named):
    with pytest.raises(UsageError, match=named):
        require_one_way(clients, accounts, every=not clients, all_accounts=False)


def test_every_account_is_no_account():
    with pytest.raises(UsageError, match="--all-accounts"):
        require_one_way([], [WRONG], every=False, all_accounts=True)


def test_a_table_that_was_synced_is_one_check_more(connected):
    done = connected.run("sync", "--to", "insights.duckdb", "--days", "1")
    assert done.returncode == 0, done.stderr
    place = {"METACONNECT_SYNC_TO": "insights.duckdb"}

    done = connected.run("audit", "--against", "-", "--preset", "yesterday", **place)
    assert done.returncode == 0, done.stderr
    checks = {row["check"]: row["verdict"] for row in json.loads(done.stdout)}
    assert checks["table account"] == "agrees"
    assert connected.run("audit", "--against", "-").returncode == 2
