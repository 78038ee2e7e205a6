"""Every recorded answer of the corpus, through the functions that meet it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from metaconnect.errors import (
    AuthError,
    CheckpointRequired,
    ConfigError,
    GraphError,
    InvalidRequest,
    MetaconnectError,
    PermissionMissing,
    RateLimited,
    ServiceUnavailable,
    TokenRejected,
    TooMuchData,
)
from metaconnect.graph.accounts import ad_account_in, list_ad_accounts, me
from metaconnect.graph.errors import error_from
from metaconnect.graph.paging import next_cursor
from metaconnect.graph.tokens import (
    exchange_code,
    granted_permissions,
    inspect_token,
)
from metaconnect.graph.usage import ad_account_usage, app_usage, wait_named
from metaconnect.models import MetaUser

pytestmark = pytest.mark.anyio

CORPUS = Path(__file__).parent.parent / "corpus"
NOW = datetime(2026, 11, 23, tzinfo=UTC)

# A line each: file (up to its number), class, exit code, a part of the next step.
ERRORS = Path(__file__).with_name("expected_errors.txt").read_text("utf-8")
CLASSES = {
    cls.__name__: cls
    for cls in (
        AuthError,
        CheckpointRequired,
        ConfigError,
        GraphError,
        InvalidRequest,
        PermissionMissing,
        RateLimited,
        ServiceUnavailable,
        TokenRejected,
        TooMuchData,
    )
}
# Addresses that a browser ends on; the receiver's tests read them.
REDIRECTS = {"token-13", "token-15", "token_error-15", "token_error-17"}
FILES = {"-".join(p.name.split("-")[:2]): p for p in sorted(CORPUS.glob("*.json"))}


def recorded(key):
    return json.loads(FILES[key].read_text("utf-8"))


def of(*topics):
    """The names of the successful answers about these topics."""
    expected_to_fail = {line.split()[0] for line in ERRORS.strip().splitlines()}
    names = [key for key in FILES if key.rpartition("-")[0] in topics]
    return [key for key in names if key not in expected_to_fail | REDIRECTS]


def test_every_error_of_the_corpus_is_expected_here():
    wrong = {key for key in FILES if key.startswith(("error-", "token_error-"))}
    refused = {key for key in FILES if (recorded(key)["status"] or 0) >= 400}

    expected = {line.split()[0] for line in ERRORS.strip().splitlines()}

    assert (wrong | refused) - REDIRECTS == expected


@pytest.mark.parametrize(
    "line", ERRORS.strip().splitlines(), ids=lambda line: line.split()[0]
)
async def test_an_error_has_its_class_and_next_step(meta, graph, line):
    key, name, exit_code, hint = [*line.split(maxsplit=3), ""][:4]
    answer = meta.will_replay(FILES[key].name)

    with pytest.raises(MetaconnectError) as caught:
        await graph.request("POST", "/anything", retry=False)

    error = caught.value
    assert type(error) is CLASSES[name]
    assert error.exit_code == int(exit_code)
    assert hint in error.hint
    assert str(error).isprintable()
    envelope = (answer.get("body") or {}).get("error", {})
    if "code" in envelope:
        found = (error.code, error.subcode, error.fbtrace_id or "")
        subcode = envelope.get("error_subcode")
        assert found == (envelope["code"], subcode, envelope.get("fbtrace_id", ""))


def test_metas_own_words_come_first_and_its_explanation_after_them():
    error = error_from(400, recorded("error-44")["body"])

    assert str(error).startswith("Invalid parameter. Too many rows. The reporting")


def test_an_explanation_that_adds_nothing_is_left_out():
    body = recorded("error-20")["body"]

    assert str(error_from(400, body)) == body["error"]["message"]


def test_a_code_that_stands_in_the_message_alone_is_found():
    assert error_from(403, recorded("error-75")["body"]).code == 299


@pytest.mark.parametrize("key", of("token"))
async def test_a_token_answer_is_a_token(meta, graph, app, key):
    meta.will_replay(FILES[key].name)

    token = await exchange_code(graph, app, "code", "http://localhost/", NOW)

    seconds = {
        "token-01": 5183211,
        "token-04": 5183975,
        "token-05": 5184000,
        "token-07": 132363,
        "token-08": 5184000,
        "token-09": 5183944,
    }.get(key)
    assert token.value
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert token.expires_at == expected


async def inspected(meta, graph, app, token, key):
    meta.will_replay(FILES[key].name)
    return await inspect_token(graph, app, token)


@pytest.mark.parametrize("key", of("debug_token"))
async def test_debug_token_is_read(meta, graph, app, token, key):
    data = recorded(key)["body"]["data"]

    info = await inspected(meta, graph, app, token, key)

    assert info.is_valid is data["is_valid"]
    assert info.app_id == (str(data["app_id"]) if "app_id" in data else None)
    assert info.scopes == tuple(data.get("scopes", ()))
    ends = data.get("expires_at")
    assert info.expires_at == (datetime.fromtimestamp(ends, UTC) if ends else None)


async def test_an_invalid_token_says_why(meta, graph, app, token):
    info = await inspected(meta, graph, app, token, "debug_token-06")

    assert type(info.rejection) is TokenRejected
    assert "logged out" in info.rejection.hint


async def test_a_scope_without_targets_holds_for_all(meta, graph, app, token):
    info = await inspected(meta, graph, app, token, "debug_token-03")

    assert info.granular_scopes == {
        "pages_show_list": (),
        "instagram_basic": ("{connected-ig-user-id}",),
    }


@pytest.mark.parametrize("key", of("permissions"))
async def test_permissions_are_read(meta, graph, token, key):
    data = meta.will_replay(FILES[key].name)["body"]["data"]

    found = await granted_permissions(graph, token)

    assert found == {row["permission"]: row["status"] for row in data}


@pytest.mark.parametrize("key", of("me"))
async def test_me_is_a_person_or_a_clear_error(meta, graph, token, key):
    body = meta.will_replay(FILES[key].name).get("body")

    if body is None:
        with pytest.raises(ServiceUnavailable):
            await me(graph, token)
    else:
        expected = MetaUser(id=body["id"], name=body.get("name", ""))
        assert await me(graph, token) == expected


@pytest.mark.parametrize("key", of("adaccounts"))
def test_every_ad_account_is_read(key):
    body = recorded(key)["body"]
    for row in body.get("data", [body]):
        ad_account = ad_account_in(row)

        assert ad_account.id.startswith("act_") or "owned_ad_accounts" in row
        assert ad_account.name == row.get("name", "")
        assert ad_account.status


async def test_both_pages_of_ad_accounts_are_listed(meta, graph, token):
    first = meta.will_replay(FILES["adaccounts-09"].name)
    second = meta.will_replay(FILES["adaccounts-10"].name)

    found = await list_ad_accounts(graph, token)

    rows = first["body"]["data"] + second["body"]["data"]
    assert [a.id for a in found] == list(dict.fromkeys(row["id"] for row in rows))
    assert {a.status for a in found} > {"active", "disabled", "closed"}
    cursor = first["body"]["paging"]["cursors"]["after"]
    assert meta.requests[1].params["after"] == cursor


@pytest.mark.parametrize("key", of("paging", "insights", "adaccounts"))
def test_only_the_absence_of_next_ends_the_pages(key):
    body = recorded(key)["body"]
    paging = body.get("paging", {})
    if "next" not in paging:
        assert next_cursor(body) is None
    elif "cursors" in paging:
        assert next_cursor(body) == paging["cursors"]["after"]
    else:
        with pytest.raises(ServiceUnavailable):
            next_cursor(body)


@pytest.mark.parametrize("key", sorted(FILES))
def test_usage_headers_are_read(key):
    headers = httpx.Headers(recorded(key).get("headers") or {})

    assert 0 <= app_usage(headers).utilisation <= 1000
    assert 0 <= ad_account_usage(headers).utilisation <= 1000
    assert 0 < (wait_named(headers) or 1) <= 86_400


@pytest.mark.parametrize("key", sorted(REDIRECTS))
def test_the_redirects_are_there_for_the_receiver(key):
    assert recorded(key)["body_text"]
