"""No secret shows anywhere: every command at debug level, and a search."""

import hmac
import json
import logging
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ..conftest import make_shell
from . import browser as person
from .shell import browser

PASSWORD = "of-the-warehouse-12"
DSN = f"postgresql://someone:{PASSWORD}@localhost:1/postgres"


def given_out(server):
    """Every secret that the pretend Meta has given out so far."""
    sandbox = server.sandbox
    return {
        server.app_secret,
        PASSWORD,
        *sandbox.tokens,
        *sandbox.codes,
        *(proof(server.app_secret, token) for token in sandbox.tokens),
    }


@pytest.fixture(scope="module")
def everything(sandbox_server, tmp_path_factory):
    """What `run_everything` printed, and the secrets that were given out."""
    sandbox_server.sandbox.reset()
    shell = make_shell(sandbox_server, tmp_path_factory.mktemp("everything"), 0)
    return list(run_everything(shell, sandbox_server)), given_out(sandbox_server)


def proof(app_secret, token):
    """https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
    return hmac.new(app_secret.encode(), token.encode(), "sha256").hexdigest()


def states(text):
    """Return the states that the addresses in *text* carry, and the rest of it."""
    printed = re.compile(
        r"^http://localhost:\d+/v26\.0/dialog/oauth\?\S+$", re.MULTILINE
    )
    found = [parse_qs(urlsplit(url).query)["state"][0] for url in printed.findall(text)]
    return found, printed.sub("", text)


def run_everything(shell, meta):
    """Every command and many failures, all at debug level."""
    connect = ["connect", "--client", "acme", "--debug"]
    yield shell.run(*connect, BROWSER=browser("cancel"))
    yield shell.run(*connect, BROWSER=browser("untick=ads_read"))
    yield shell.run(*connect, "--rerequest", "--json")
    yield shell.run(*connect)
    yield shell.run(*connect, "--force", META_APP_SECRET="0123456789abcdef0123456789")
    yield shell.run("accounts", "list", "--debug", "--json")
    yield shell.run("accounts", "use", "first", "--debug")
    yield shell.run("insights", "--debug", "--format", "table")
    yield shell.run("insights", "--debug", "--raw", "--level", "ad")
    yield shell.run("insights", "--debug", "--all", "--explain", "--async", "always")
    yield shell.run("insights", "--debug", "--dry-run")
    yield shell.run("audit", "--debug", "--preset", "yesterday")
    yield shell.run("sync", "--debug", "--to", "here.duckdb", "--days", "1")
    yield shell.run("sync", "--debug", "--to", DSN)
    yield shell.run("sync", "--debug", METACONNECT_SYNC_TO=DSN)
    yield shell.run("query", "select 1", "--debug", "--from", DSN)
    for error in ("190", "100/proof", "html-400"):
        meta.sandbox.plan("*", error)
        yield shell.run("insights", "--debug", "--format", "csv")
    meta.sandbox.plan("/me/adaccounts", "200")
    yield shell.run(*connect, "--force")
    yield shell.run(*connect, "--resume")
    yield shell.run("insights", "--debug", META_GRAPH_URL="http://localhost:1")
    yield shell.run(*connect, "--force", META_GRAPH_URL="http://localhost:1")
    yield shell.run("accounts", "list", "--businesses", "--debug")
    yield shell.run("exec", "--debug", "--", "true")
    yield shell.run("exec", "--debug", "--env", "X=app_secret", "--", "no-such-program")
    yield shell.run("token", META_GRAPH_URL="http://localhost:1")
    yield shell.run("disconnect", "--debug", META_APP_SECRET="0123456789abcdef01234567")
    yield shell.run("disconnect", "--debug")


def test_no_secret_in_any_output(everything):
    outputs, found = everything

    assert len(found) > 6
    assert {done.returncode for done in outputs} >= {0, 4, 7}
    assert any("DEBUG" in done.stderr for done in outputs)
    for done in outputs:
        for secret in found:
            assert secret not in done.stdout + done.stderr, done.args


def test_the_state_is_only_in_the_address_for_the_person(everything):
    printed = [states(done.stdout + done.stderr) for done in everything[0]]

    assert sum(len(found) for found, _ in printed) > 4
    for found, rest in printed:
        assert len(found) <= 1
        assert all(state not in rest for state in found)
        assert not re.search(r"\bstate=[\w-]{20,}", rest)


def test_no_secret_in_the_arguments_of_any_process(shell, tmp_path):
    """The browser is given the short address, which holds no state."""
    url = tmp_path / "url"
    with shell.start(
        "connect", "--client", "acme", "--account", "first", BROWSER=browser(url)
    ) as running:
        running.until(r"/dialog/oauth")
        while not url.exists():
            assert running.process.poll() is None
        assert "state" not in url.read_text()
        assert "code" not in url.read_text()
        person.answer(url.read_text())
        assert running.end()[0] == 0


def test_no_secret_lies_outside_the_secret_store(connected, meta):
    home = Path(connected.env["METACONNECT_HOME"])
    (token,) = json.loads((home / "secrets.json").read_text()).values()

    for path in home.iterdir():
        if path.name != "secrets.json":
            assert token.encode() not in path.read_bytes()
    assert token in given_out(meta)


def test_no_secret_in_the_logs_of_a_python_program(connected, monkeypatch, caplog):
    from metaconnect import fetch_meta_insights

    for name, value in connected.env.items():
        monkeypatch.setenv(name, value)
    caplog.set_level(logging.DEBUG)
    home = Path(connected.env["METACONNECT_HOME"])
    (token,) = json.loads((home / "secrets.json").read_text()).values()

    assert fetch_meta_insights("acme", "act_101000000000000")
    assert "insights" in caplog.text
    assert token not in caplog.text
    assert connected.env["META_APP_SECRET"] not in caplog.text
