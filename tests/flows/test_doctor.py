"""doctor: each finding, and that no check stops another."""

import asyncio
import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from keyring.backends import fail
from msgspec.structs import asdict, replace

from metaconnect.blocking import Metaconnect
from metaconnect.flows.doctor import (
    Finding,
    Verdict,
    connections,
    examine,
    exit_code_of,
    machine,
)
from metaconnect.settings import load_settings, values
from metaconnect.stores.supabase.exposure import exposed

from .conftest import make_program

pytestmark = pytest.mark.anyio
OPEN = (
    "alter table meta_tokens disable row level security;"
    "grant select, insert, update on meta_tokens to anon"
)
CLOSE = (
    "alter table meta_tokens enable row level security; revoke all on meta_tokens "
    "from anon"
)


@pytest.fixture
def settings(settings, port):
    return replace(settings, redirect_uri=f"http://localhost:{port}/callback")


@pytest.fixture
def meta_unnamed(monkeypatch, meta):
    """The pretend Meta is what is asked where no setting names a host."""
    monkeypatch.setattr(values, "META_GRAPH_URL", meta.url)


def kept_in(folder):
    """Not in this machine's keyring, which can take seconds to say that it is none."""
    return {"METACONNECT_HOME": str(folder), "METACONNECT_SECRETS": "file"}


async def examined(settings):
    async with make_program(settings, lambda _: None) as program:
        return by_name(await program.doctor())


def by_name(findings):
    return {finding.name: finding for finding in findings}


def verdicts(found):
    return {name: str(finding.verdict) for name, finding in found.items()}


async def test_all_is_well(program, connect):
    connect(expires_at=datetime.now(UTC) + timedelta(days=50))

    found = by_name(await program.doctor())

    wrong = {n: v for n, v in verdicts(found).items() if v not in ("ok", "skipped")}
    assert wrong.keys() <= {"Meta", "browser"}  # a sandbox, a machine without display
    for name in ("Meta app", "clock", "API version", "client acme", "redirect URI"):
        assert found[name].verdict is Verdict.ok, name
    assert exit_code_of(found.values()) == 0


async def test_the_sandbox_is_told_from_meta(settings):
    found = (await examined(settings))["Meta"]

    assert found.verdict is Verdict.warning
    assert "not Meta's" in found.found


@pytest.mark.usefixtures("meta_unnamed")
async def test_settings_say_where_they_came_from_and_no_secret(tmp_path, meta):
    env_file = tmp_path / ".env.local"
    env_file.write_text(f"META_APP_SECRET={meta.app_secret}\n")
    environ = {"META_APP_ID": meta.app_id, **kept_in(tmp_path / "d")}

    found = await examined(load_settings(environ, tmp_path))

    assert found["META_APP_ID"].found == f"{meta.app_id} (from the environment)"
    assert found["META_APP_SECRET"].found == f"set (from {env_file})"
    told = json.dumps([asdict(finding) for finding in found.values()])
    assert meta.app_secret not in told


@pytest.mark.usefixtures("meta_unnamed")
async def test_a_setting_that_is_ignored_or_withheld_is_a_warning(tmp_path):
    (tmp_path / ".env").write_text(
        "META_GRAPH_URL=https://evil.example\n"
        "NEXT_PUBLIC_SUPABASE_URL=https://other.example\n"
    )
    environ = {"SUPABASE_KEY": "sb_publishable_x", **kept_in(tmp_path)}

    found = await examined(load_settings(environ, tmp_path, store="local"))

    assert found["META_GRAPH_URL"].verdict is Verdict.warning
    assert "--env-file" in found["META_GRAPH_URL"].mend
    assert "set both in the same place" in found["SUPABASE_KEY"].found


async def test_missing_settings_and_still_the_clock_and_the_version(settings):
    found = await examined(replace(settings, meta_app_id=None))

    app = found["Meta app"]
    assert (app.verdict, app.exit_code) == (Verdict.problem, 3)
    assert "META_APP_ID" in app.found
    assert found["clock"].verdict is found["API version"].verdict is Verdict.ok


async def test_a_wrong_secret(settings):
    found = await examined(replace(settings, meta_app_secret="0" * 32))

    app = found["Meta app"]
    assert (app.verdict, app.exit_code) == (Verdict.problem, 3)
    assert "META_APP_SECRET" in app.mend
    assert "0" * 32 not in json.dumps(asdict(app))


async def test_the_app_secret_is_in_no_url(program, meta):
    await program.doctor()

    (asked,) = [r for r in meta.sandbox.requests if r["path"].endswith("access_token")]
    assert (asked["method"], asked["query"]) == ("POST", [])


async def test_no_network(settings):
    # Not the redirect URI's port: another check listens there for a moment.
    found = await examined(replace(settings, graph_url="http://127.0.0.1:1"))

    assert (found["Meta"].verdict, found["Meta"].exit_code) == (Verdict.problem, 7)
    for name in ("Meta app", "clock", "API version"):
        assert found[name].verdict is Verdict.skipped
        assert "not tested" in found[name].found


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
async def test_a_taken_port_on_either_family(settings, port, family):
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family) as taken:
        try:
            taken.bind((address, port))
        except OSError:
            pytest.skip(f"no {address} here")
        taken.listen()
        found = (await examined(settings))["redirect URI"]

    assert (found.verdict, found.exit_code) == (Verdict.problem, 3)
    assert f"Port {port} is taken" in found.found
    assert "META_REDIRECT_URI" in found.mend


async def test_a_redirect_uri_elsewhere_is_for_paste(settings):
    dashboard = "https://dashboard.example/api/auth/meta/callback"
    found = await examined(replace(settings, redirect_uri=dashboard))

    assert found["redirect URI"].verdict is Verdict.warning
    assert "--paste" in found["redirect URI"].mend


async def test_an_https_address_of_ours_is_for_https(settings):
    ours = "https://localhost:0/callback"
    found = await examined(replace(settings, redirect_uri=ours))

    assert found["redirect URI"].verdict is Verdict.ok
    assert "connect --https; the app must list" in found["redirect URI"].found


async def test_an_address_in_the_place_of_localhost(settings):
    found = await examined(
        replace(settings, redirect_uri="http://127.0.0.1:0/callback")
    )

    assert found["redirect URI"].verdict is Verdict.warning
    assert "http://localhost" in found["redirect URI"].mend


@pytest.mark.parametrize(
    ("addresses", "verdict"),
    [
        (["127.0.0.1", "::1"], Verdict.ok),
        (["127.0.0.1"], Verdict.ok),
        (["127.0.0.1", "10.0.0.7"], Verdict.problem),
    ],
)
async def test_localhost_leads_where_we_listen(
    program, monkeypatch, addresses, verdict
):
    infos = [(0, 0, 0, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(machine.socket, "getaddrinfo", lambda *_a, **_k: infos)

    (found,) = await machine.check_localhost(program.parts)

    assert found.verdict is verdict


async def test_localhost_without_an_address(program, monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(machine.socket, "getaddrinfo", unknown)

    (found,) = await machine.check_localhost(program.parts)

    assert (found.verdict, found.exit_code) == (Verdict.problem, 3)
    assert "hosts file" in found.mend


async def test_a_browser_is_found_and_not_opened(program, monkeypatch, tmp_path):
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {opened}\n")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))

    (found,) = await machine.check_browser(program.parts)

    assert found.verdict is Verdict.ok
    assert str(browser) in found.found
    assert not opened.exists()


@pytest.mark.parametrize("browser", ["/nowhere/browser", "w3m"])
async def test_no_browser_is_a_warning(program, monkeypatch, browser):
    monkeypatch.setenv("BROWSER", browser)

    (found,) = await machine.check_browser(program.parts)

    assert (found.verdict, found.exit_code) == (Verdict.warning, 0)


async def test_no_keyring_is_exit_3(settings, use_keyring):
    use_keyring(fail.Keyring())
    found = await examined(replace(settings, secrets=None))

    assert found["secret store"].exit_code == 3
    assert "METACONNECT_SECRETS=file" in found["secret store"].mend


@pytest.mark.parametrize(("minutes", "where"), [(7, "ahead of"), (-90, "behind")])
async def test_a_clock_that_is_off(program, minutes, where):
    there = datetime.now(UTC)
    program.parts.now = lambda: there + timedelta(minutes=minutes)

    found = by_name(await program.doctor())["clock"]

    assert found.verdict is Verdict.warning
    assert found.found == f"{abs(minutes)} minutes {where} Meta's"


async def test_a_version_that_meta_does_not_serve_any_more(settings):
    found = (await examined(replace(settings, api_version="v19.0")))["API version"]

    assert found.verdict is Verdict.warning
    assert "asked for v19.0, and Meta answered as v21.0" in found.found
    assert "META_API_VERSION" in found.mend


@pytest.mark.parametrize(
    ("version", "today", "verdict", "told"),
    [
        ("v26.0", (2026, 11, 25), "ok", "no expiry date is known"),
        (
            "v25.0",
            (2026, 11, 25),
            "ok",
            "logins until 2028-07-29, Insights without a known date",
        ),
        ("v25.0", (2028, 4, 29), "ok", "logins until 2028-07-29"),
        ("v25.0", (2028, 4, 30), "warning", "logins until 2028-07-29"),
        (
            "v24.0",
            (2026, 11, 25),
            "warning",
            "logins until 2028-02-18, Insights not since 2026-10-06",
        ),
    ],
)
async def test_until_when_a_version_is_served(settings, version, today, verdict, told):
    async with make_program(
        replace(settings, api_version=version), lambda _: None
    ) as program:
        program.parts.now = lambda: datetime(*today, tzinfo=UTC)
        found = by_name(await program.doctor())["API version"]

    assert found.found.startswith(f"{version}, as asked; ")
    assert told in found.found
    assert found.verdict == verdict
    assert bool(found.mend) is (verdict == "warning")


async def test_a_version_without_a_known_date_says_so(settings, monkeypatch):
    monkeypatch.setattr("metaconnect.flows.doctor.meta.SERVED_UNTIL", {})

    found = (await examined(settings))["API version"]

    assert (found.verdict, found.found) == (
        Verdict.ok,
        "v26.0, as asked; no expiry date is known",
    )


class TestWaysIn:
    async def test_localhost_is_for_development_mode(self, settings):
        found = await examined(settings)

        assert found["ways in (Development)"].found == (
            "plain connect, --paste or --start, --token-stdin"
        )
        assert found["ways in (Live)"].found == "--token-stdin"

    async def test_without_a_redirect_uri_https_on_localhost_is_for_a_live_app(
        self, settings
    ):
        found = await examined(replace(settings, redirect_uri=None))

        assert found["ways in (Live)"].found == (
            "--https (https://localhost:8765/callback), --token-stdin"
        )

    async def test_an_https_address_is_for_both(self, settings):
        uri = "https://app.example.com/callback"
        found = await examined(replace(settings, redirect_uri=uri))

        for mode in ("Development", "Live"):
            assert found[f"ways in ({mode})"].found == (
                f"--paste or --start ({uri}), --token-stdin"
            )

    async def test_a_dashboards_address_is_for_paste_only(self, settings):
        without = replace(settings, redirect_uri=None, base_url="https://app.example")
        found = await examined(without)

        assert "https://app.example" in found["ways in (Live)"].found
        assert "plain connect, " in found["ways in (Development)"].found

    async def test_an_address_by_number_is_no_way(self, settings):
        uri = "http://127.0.0.1:0/callback"
        found = await examined(replace(settings, redirect_uri=uri))

        assert found["ways in (Development)"].found == "--token-stdin"


class TestConnections:
    async def test_an_expired_token(self, program, connect):
        connect(expires_at=datetime.now(UTC) - timedelta(days=1))

        found = by_name(await program.doctor())["client acme"]

        assert (found.verdict, found.exit_code) == (Verdict.problem, 4)
        assert "metaconnect connect --force --client acme" in found.mend

    async def test_a_token_that_expires_soon(self, program, connect):
        connect(expires_at=datetime.now(UTC) + timedelta(days=2, hours=-1))

        found = by_name(await program.doctor())["client acme"]

        assert found.verdict is Verdict.warning
        assert "expires in 2 days" in found.found

    async def test_a_token_that_meta_rejects(self, program, connect, meta):
        connect()
        meta.sandbox.plan("/me", "190/460", None)

        found = by_name(await program.doctor())["client acme"]

        assert (found.verdict, found.exit_code) == (Verdict.problem, 4)
        assert "--client acme" in found.mend

    async def test_a_token_of_another_app_is_not_sent(self, program, connect, meta):
        connect(app_id="42")

        found = by_name(await program.doctor())["client acme"]

        assert (found.verdict, found.exit_code) == (Verdict.problem, 3)
        assert not [r for r in meta.sandbox.requests if r["path"].endswith("/me")]

    async def test_no_ad_account_is_chosen(self, program, connect):
        connect(ad_account_id=None)

        found = by_name(await program.doctor())["client acme"]

        assert "metaconnect accounts use --client acme" in found.mend

    async def test_at_most_a_handful_is_asked_those_that_expire_first(
        self, program, connect, meta
    ):
        now = datetime.now(UTC)
        for number in range(connections.MOST + 2):
            connect(f"c{number}", expires_at=now + timedelta(days=60 - number))

        found = by_name(await program.doctor())

        asked = [name for name in found if name.startswith("client ")]
        assert asked == [
            "client c6",
            "client c5",
            "client c4",
            "client c3",
            "client c2",
        ]
        assert "2 that expire later" in found["connections"].found

    async def test_the_rate_limit_of_the_headers(self, program, connect, meta):
        connect()
        assert by_name(await program.doctor())["rate limit"].verdict is Verdict.skipped

        probe = await program.parts.graph.probe("GET", "/act_101000000000000/insights")
        finding = connections._quota([probe])
        assert (finding.verdict, finding.found) == (
            Verdict.ok,
            f"{meta.sandbox.switches.usage_percent} % of Meta's quota is used",
        )


class TestRunning:
    async def test_one_that_fails_stops_no_other(self, program, monkeypatch):
        async def breaks(_program):
            raise KeyError("it broke")

        async def works(_program):
            return [Finding(name="works", verdict=Verdict.ok, found="")]

        monkeypatch.setattr(examine, "CHECKS", (("broken", breaks), ("works", works)))

        broken, works_found = await program.doctor()

        assert (broken.verdict, broken.exit_code) == (Verdict.problem, 1)
        assert "it broke" in broken.found
        assert works_found.verdict is Verdict.ok

    async def test_one_that_hangs_is_given_up(self, program, monkeypatch):
        async def hangs(_program):
            await asyncio.Event().wait()

        monkeypatch.setattr(examine, "CHECKS", (("hangs", hangs),))

        (found,) = await examine.doctor(program.parts, limit=0.01)

        assert (found.verdict, found.exit_code) == (Verdict.problem, 7)
        assert "No answer within" in found.found

    async def test_a_cause_is_told_once(self, program, monkeypatch):
        async def fails(_program):
            raise exposed("meta_tokens")

        monkeypatch.setattr(examine, "CHECKS", (("one", fails), ("two", fails)))

        one, two = await program.doctor()

        assert (one.verdict, one.exit_code) == (Verdict.problem, 3)
        assert (two.verdict, two.found) == (Verdict.skipped, "not tested: see one")

    @pytest.mark.parametrize(
        ("codes", "worst"), [([], 0), ([0, 7], 7), ([7, 4], 4), ([4, 3, 7], 3)]
    )
    def test_settings_come_before_logins_and_these_before_the_network(
        self, codes, worst
    ):
        found = [
            Finding(name="", verdict=Verdict.problem, found="", exit_code=code)
            for code in codes
        ]

        assert exit_code_of(found) == worst


def test_the_same_without_await(settings):
    with Metaconnect(settings) as meta:
        found = by_name(meta.doctor())

    assert found["Meta app"].verdict is Verdict.ok


class TestSupabase:
    @pytest.fixture
    def owner(self, stack):
        return stack.add_user("owner@example.com")

    @pytest.fixture
    def settings(self, settings, stack):
        return replace(
            settings,
            store="supabase",
            supabase_url=stack.url,
            supabase_key=stack.publishable_key,
        )

    @pytest.fixture
    def signed_in(self, program, owner):
        program.parts.sessions.sign_in_with_password(
            "owner@example.com", "pretend-password"
        )
        return program

    async def test_all_is_well(self, signed_in, stack, owner):
        stack.add_client("Acme", owner)

        found = by_name(await signed_in.doctor())

        names = ("Supabase project", "Supabase session", "Supabase tables")
        assert [found[name].verdict for name in names] == [Verdict.ok] * 3
        assert "neither reads nor writes" in found["Supabase project"].found
        assert "owner@example.com" in found["Supabase session"].found
        assert stack.sql("select count(*) from meta_tokens") == [(0,)]

    async def test_nobody_is_signed_in(self, program):
        found = by_name(await program.doctor())

        assert found["Supabase project"].verdict is Verdict.ok
        assert found["Supabase session"].exit_code == 4
        assert "metaconnect login" in found["Supabase session"].mend
        for name in ("Supabase tables", "connections"):
            assert found[name].found == "not tested: see Supabase session"

    @pytest.mark.parametrize("rows", [True, False])
    async def test_an_exposed_table(self, signed_in, stack, owner, rows):
        client = stack.add_client("Acme", owner)
        if rows:
            stack.add_token(client)
        stack.ddl(OPEN)
        try:
            found = by_name(await signed_in.doctor())["Supabase project"]
        finally:
            stack.ddl(CLOSE)

        assert (found.verdict, found.exit_code) == (Verdict.problem, 3)
        assert "enable row level security" in found.mend

    async def test_an_exposed_table_before_anybody_signs_in(
        self, program, stack, owner
    ):
        stack.add_token(stack.add_client("Acme", owner))
        stack.ddl(OPEN)
        try:
            found = by_name(await program.doctor())["Supabase project"]
        finally:
            stack.ddl(CLOSE)

        assert found.exit_code == 3

    async def test_no_client_yet_and_a_column_that_is_missing(self, signed_in, stack):
        found = by_name(await signed_in.doctor())["Supabase tables"]
        assert "metaconnect clients add" in found.mend

        rename = "alter table meta_tokens rename column {} to {}"
        stack.ddl(rename.format("user_facebook_id", "other"))
        try:
            found = by_name(await signed_in.doctor())["Supabase tables"]
        finally:
            stack.ddl(rename.format("other", "user_facebook_id"))

        assert (found.verdict, found.exit_code) == (Verdict.problem, 3)
        assert "user_facebook_id" in found.found

    async def test_the_service_role(self, settings, stack, owner):
        stack.add_client("Acme", owner)
        keys = {"service_role_key": stack.secret_key, "service_role": "1"}

        found = await examined(replace(settings, **keys))
        assert found["Supabase session"].verdict is Verdict.ok
        assert found["Supabase tables"].verdict is Verdict.ok

        found = await examined(replace(settings, **keys, supabase_key=None))
        assert found["Supabase project"].exit_code == 3
        assert "SUPABASE_KEY" in found["Supabase project"].mend

    async def test_a_wrong_key(self, settings):
        wrong = replace(settings, supabase_key="sb_publishable_wrong")
        found = (await examined(wrong))["Supabase project"]

        assert (found.verdict, found.exit_code) == (Verdict.problem, 3)

    async def test_it_cannot_be_reached(self, settings, port):
        away = replace(settings, supabase_url=f"http://localhost:{port}")
        found = (await examined(away))["Supabase project"]

        assert (found.verdict, found.exit_code) == (Verdict.problem, 7)

    @pytest.mark.usefixtures("meta_unnamed")
    async def test_a_project_that_nobody_allowed_is_not_asked(self, stack, tmp_path):
        (tmp_path / ".env").write_text(
            f"SUPABASE_URL={stack.url}\nSUPABASE_KEY={stack.publishable_key}\n"
        )
        before = len(stack.requests)

        found = await examined(load_settings(kept_in(tmp_path / "data"), tmp_path))

        assert found["Supabase project"].exit_code == 3
        assert "--trust-project" in found["Supabase project"].mend
        assert len(stack.requests) == before
