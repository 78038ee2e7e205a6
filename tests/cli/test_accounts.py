"""`metaconnect accounts list`: the columns, in every format."""

import csv
import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

FIRST = "act_101000000000000"
COLUMNS = ["id", "name", "status", "used_by", "currency", "timezone_name", "chosen"]
WITH_BUSINESS = [*COLUMNS[:3], "business", *COLUMNS[3:]]


@pytest.fixture
def two_clients(connected):
    """Clients acme and beta have chosen the same ad account."""
    folder = Path(connected.env["METACONNECT_HOME"])
    store = LocalStore(folder, open_secret_store(folder, "file"))
    store.save(replace(store.get("acme"), client_id="beta"))
    return connected


def listed(shell, *options):
    done = shell.run("accounts", "list", "--client", "acme", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("option", "columns"), [([], COLUMNS), (["--businesses"], WITH_BUSINESS)]
)
class TestColumns:
    def test_in_json(self, option, columns, two_clients):
        rows = json.loads(listed(two_clients, *option, "--json"))

        assert all(list(row) == columns for row in rows)
        used = {row["id"]: row["used_by"] for row in rows}
        assert used.pop(FIRST) == ["acme", "beta"]
        assert set(map(tuple, used.values())) == {()}

    def test_in_ndjson(self, option, columns, two_clients):
        lines = listed(two_clients, *option, "--format", "ndjson").splitlines()

        assert all(list(json.loads(line)) == columns for line in lines)

    def test_in_csv(self, option, columns, two_clients):
        text = listed(two_clients, *option, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text)))

        assert list(rows[0]) == columns
        assert json.loads(rows[0]["used_by"]) == ["acme", "beta"]

    def test_in_a_table(self, option, columns, two_clients):
        text = listed(two_clients, *option, "--format", "table")
        heading, _, first = text.splitlines()[:3]

        assert heading.split() == [name for name in columns if name != "chosen"]
        assert first.startswith(f"*  {FIRST}")
        assert "  acme, beta  " in first

    def test_a_narrow_terminal_keeps_what_was_asked_for(
        self, option, columns, two_clients
    ):
        two_clients.env["COLUMNS"] = "80"
        text = listed(two_clients, *option, "--format", "table")

        assert text.split()[: len(columns[:3])] == columns[:3]
        assert set(columns[3:-3]) <= set(text.splitlines()[0].split())


def test_the_business_is_named(two_clients):
    rows = json.loads(listed(two_clients, "--businesses", "--json"))

    assert rows[0]["business"] == "Alpenglow Group"
    assert {row["business"] for row in rows} == {"Alpenglow Group", "Nordwind Agentur"}


def test_businesses_without_ad_accounts_are_said_to_have_none(two_clients, meta):
    meta.sandbox.switches.ad_accounts = 0

    done = two_clients.run(
        "accounts", "list", "--client", "acme", "--businesses", "--format", "table"
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert "The businesses of this login have no ad account." in done.stderr
