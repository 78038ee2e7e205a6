"""The pretend project behaves as supabase-py expects of a real one."""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from postgrest import APIError
from supabase_auth.errors import AuthApiError, AuthRetryableError

from tests.stack import faults, postgres
from tests.stack.client import supabase_client
from tests.stack.migrations import migrate

CREDENTIALS = {"email": "owner@example.com", "password": "pretend-password"}


@pytest.fixture
def owner(stack):
    return stack.add_user(**CREDENTIALS)


@pytest.fixture
def supabase(stack, owner):
    with supabase_client(stack) as client:
        yield client


@pytest.fixture
def signed_in(supabase):
    supabase.auth.sign_in_with_password(CREDENTIALS)
    return supabase


def add_clients(stack, owner, count):
    insert = "insert into clients (name, owner_id)"
    series = "select 'Client ' || n, %s from generate_series(1, %s) n"
    stack.sql(f"{insert} {series}", owner, count)


def test_the_wheels_postgresql_does_as_well(monkeypatch):
    monkeypatch.setenv("METACONNECT_TEST_POSTGRES", "wheel")
    try:
        with postgres.server() as server:
            dsn = server.create("wheel")
            migrate(dsn)
            with psycopg.connect(dsn) as connection:
                rows = connection.execute("select * from meta_connections").fetchall()
    except postgres.PostgresMissing as reason:
        pytest.skip(str(reason))
    assert rows == []


def test_a_password_opens_a_session(signed_in, owner):
    assert signed_in.auth.get_user().user.id == owner


def test_a_wrong_password_is_refused(supabase):
    with pytest.raises(AuthApiError) as raised:
        supabase.auth.sign_in_with_password(CREDENTIALS | {"password": "wrong"})
    assert raised.value.code == "invalid_credentials"


def test_a_code_from_an_email_opens_a_session(stack, supabase, owner):
    email = CREDENTIALS["email"]
    supabase.auth.sign_in_with_otp(
        {"email": email, "options": {"should_create_user": False}}
    )
    answer = {"email": email, "token": stack.auth.one_time_code, "type": "email"}
    assert supabase.auth.verify_otp(answer).user.id == owner

    with pytest.raises(AuthApiError) as raised:
        supabase.auth.verify_otp(answer)
    assert raised.value.code == "otp_expired"


def redirected(url):
    """Where the browser would be sent, as base URL and query."""
    location = httpx.get(url, trust_env=False).headers["location"]
    parts = urlsplit(location)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", parse_qs(parts.query)


def test_a_provider_opens_a_session_with_pkce(stack, supabase, owner):
    stack.auth.provider_email = CREDENTIALS["email"]
    target = "http://127.0.0.1:8766/callback"
    options = {"redirect_to": f"{target}?state=abc"}
    asked = supabase.auth.sign_in_with_oauth({"provider": "google", "options": options})

    base, query = redirected(asked.url)

    assert (base, query["state"]) == (target, ["abc"])
    exchanged = supabase.auth.exchange_code_for_session({"auth_code": query["code"][0]})
    assert exchanged.user.id == owner


def test_a_wrong_verifier_opens_nothing(stack, supabase):
    stack.auth.provider_email = CREDENTIALS["email"]
    asked = supabase.auth.sign_in_with_oauth({"provider": "google"})
    _, query = redirected(asked.url)

    parameters = {"auth_code": query["code"][0], "code_verifier": "guessed"}
    with pytest.raises(AuthApiError) as raised:
        supabase.auth.exchange_code_for_session(parameters)
    assert raised.value.code == "bad_code_verifier"


@pytest.mark.parametrize("host", ["localhost:8766", "evil.example"])
def test_a_name_that_is_not_the_sites_own_sends_the_code_to_the_site(
    host, stack, supabase
):
    stack.auth.provider_email = CREDENTIALS["email"]
    stack.auth.site_url = "https://dashboard.example"
    options = {"redirect_to": f"http://{host}/callback"}
    asked = supabase.auth.sign_in_with_oauth({"provider": "google", "options": options})

    assert redirected(asked.url)[0] == "https://dashboard.example"


def test_the_code_challenge_is_that_of_rfc_7636(supabase):
    asked = supabase.auth.sign_in_with_oauth({"provider": "google"})
    challenge = parse_qs(urlsplit(asked.url).query)["code_challenge"][0]
    verifier = supabase.auth._storage.get_item("supabase.auth.token-code-verifier")

    digest = hashlib.sha256(verifier.encode()).digest()
    assert challenge == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_refresh_token_may_be_spent_twice_at_once(stack, signed_in):
    spent = signed_in.auth.get_session().refresh_token
    first = signed_in.auth.refresh_session(spent).session.refresh_token

    assert signed_in.auth.refresh_session(spent).session.refresh_token == first != spent


def test_an_old_refresh_token_ends_its_session(stack, signed_in, monkeypatch):
    spent = signed_in.auth.get_session().refresh_token
    for _ in range(2):
        signed_in.auth.refresh_session()
    later = time.time() + 11
    monkeypatch.setattr("tests.stack.sessions.time.time", lambda: later)

    with pytest.raises(AuthApiError) as raised:
        signed_in.auth.refresh_session(spent)
    assert raised.value.code == "refresh_token_already_used"
    with pytest.raises(AuthApiError) as raised:
        signed_in.auth.refresh_session()
    assert raised.value.code in ("session_not_found", "refresh_token_not_found")


def test_ended_sessions_cannot_be_refreshed(stack, signed_in, owner):
    stack.end_sessions(owner)

    with pytest.raises(AuthApiError) as raised:
        signed_in.auth.refresh_session()
    assert raised.value.code == "session_not_found"


def test_logging_out_here_leaves_the_other_session(stack, signed_in, owner):
    with supabase_client(stack) as other:
        other.auth.sign_in_with_password(CREDENTIALS)
        signed_in.auth.sign_out({"scope": "local"})
        assert other.auth.get_user().user.id == owner
        other.auth.sign_out({"scope": "global"})
    assert stack.auth.sessions.users == {}


def test_an_access_token_may_be_born_expired(stack, supabase):
    stack.auth.access_ttl = -60
    supabase.auth.sign_in_with_password(CREDENTIALS)

    with pytest.raises(APIError) as raised:
        supabase.table("clients").select("*").execute()
    assert raised.value.code in ("PGRST301", "PGRST303")


def test_a_key_of_another_project_is_refused(stack):
    with (
        supabase_client(stack, "sb_publishable_other_0123456789") as client,
        pytest.raises(APIError, match="Invalid API key"),
    ):
        client.table("clients").select("*").execute()


def test_an_upsert_says_whether_the_row_was_there(stack, signed_in, owner):
    client = stack.add_client("Acme", owner)
    row = {"client_id": client, "access_token": "EAAone", "user_facebook_id": "1"}
    table = signed_in.table("meta_tokens")

    table.upsert(row, on_conflict="client_id").execute()
    table.upsert(row | {"access_token": "EAAtwo"}, on_conflict="client_id").execute()

    assert [entry.status for entry in stack.requests[-2:]] == [201, 200]
    assert stack.sql("select access_token from meta_tokens") == [("EAAtwo",)]


def test_a_row_version_can_be_compared_and_set(stack, signed_in, owner):
    client = stack.add_client("Acme", owner)
    stack.add_token(client, "EAAone")
    table = signed_in.table("meta_tokens")
    version = table.select("updated_at").single().execute().data["updated_at"]

    found = []
    for token in ("EAAtwo", "EAAthree"):
        query = table.update({"access_token": token}).eq("client_id", client)
        found.append(len(query.eq("updated_at", version).execute().data))

    assert found == [1, 0]
    assert stack.sql("select access_token from meta_tokens") == [("EAAtwo",)]


def test_filters_and_order_are_those_of_postgrest(stack, signed_in, owner):
    ids = {name: stack.add_client(name, owner) for name in ("Acme", "B, Inc", "Cmc")}

    def found(narrow):
        query = narrow(signed_in.table("clients").select("name").order("name"))
        return [row["name"] for row in query.execute().data]

    assert found(lambda query: query.limit(2)) == ["Acme", "B, Inc"]
    assert found(lambda query: query.range(1, 1)) == ["B, Inc"]
    assert found(lambda query: query.in_("name", ["B, Inc", "x"])) == ["B, Inc"]
    assert found(lambda query: query.ilike("name", "a%")) == ["Acme"]
    assert found(lambda query: query.neq("id", ids["Acme"])) == ["B, Inc", "Cmc"]
    assert found(lambda query: query.not_.eq("name", "Cmc")) == ["Acme", "B, Inc"]
    assert found(lambda query: query.is_("owner_id", "null")) == []


def test_one_row_or_an_error_when_one_was_asked_for(signed_in):
    with pytest.raises(APIError) as raised:
        signed_in.table("clients").select("*").single().execute()
    assert raised.value.code == "PGRST116"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        (lambda s: s.table("nope").select("*"), ("PGRST205", "42P01")),
        (lambda s: s.table("clients").select("nope"), ("42703",)),
        (lambda s: s.table("clients").insert({"nope": 1}), ("PGRST204",)),
        (lambda s: s.table("clients").insert({"name": " "}), ("23514",)),
        (lambda s: s.table("clients").select("*").eq("id", "acme"), ("22P02",)),
        (
            lambda s: s.table("clients").upsert({"name": "x"}, on_conflict="name"),
            ("42P10", "42501"),
        ),
        (lambda s: s.rpc("nope", {}), ("PGRST202",)),
    ],
    ids=["table", "column", "body", "check", "type", "conflict", "function"],
)
def test_errors_have_the_codes_of_postgrest(query, codes, signed_in):
    with pytest.raises(APIError) as raised:
        query(signed_in).execute()
    assert raised.value.code in codes


def test_a_page_ends_at_the_row_limit(stack, signed_in, owner):
    add_clients(stack, owner, 1001)
    clients = signed_in.table("clients")

    page = clients.select("id", count="exact").execute()
    assert (len(page.data), page.count) == (1000, 1001)
    assert len(clients.select("id").range(1000, 1999).execute().data) == 1

    stack.gateway.max_rows = 5
    assert len(clients.select("id").limit(10).execute().data) == 5


def test_the_log_has_names_and_no_values(stack, signed_in, owner):
    stack.requests.clear()
    signed_in.table("clients").select("id").eq("owner_id", owner).execute()

    (entry,) = stack.requests
    assert (entry.method, entry.path, entry.status) == ("GET", "/rest/v1/clients", 200)
    assert set(entry.query) == {"select", "owner_id"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [(faults.unavailable, None), (faults.bad_gateway, "502"), (faults.paused, None)],
)
def test_an_outage_can_be_staged(fault, code, stack, signed_in):
    stack.faults.add(fault, service="rest", times=1)

    with pytest.raises(APIError) as raised:
        signed_in.table("clients").select("id").execute()
    assert raised.value.code == code
    assert signed_in.table("clients").select("id").execute().data == []


def test_a_captive_portal_can_be_staged(stack, signed_in):
    stack.faults.add(faults.captive_portal)

    assert "Wi-Fi" in signed_in.table("clients").select("id").execute().data


def test_a_connection_can_be_dropped(stack, signed_in):
    stack.faults.add(faults.drop, service="rest")

    with pytest.raises(httpx.RemoteProtocolError):
        signed_in.table("clients").select("id").execute()
    with pytest.raises(AuthRetryableError):
        stack.faults.add(faults.drop, service="auth")
        signed_in.auth.refresh_session()


def test_an_answer_can_be_late(stack, signed_in):
    stack.faults.add(faults.delay(0.2), times=1)
    started = time.monotonic()

    signed_in.table("clients").select("id").execute()

    assert time.monotonic() - started >= 0.2
