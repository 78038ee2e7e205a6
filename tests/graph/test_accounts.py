"""Who logged in, and which ad accounts the token reaches."""

from __future__ import annotations

import subprocess
import sys

import pytest

from metaconnect.errors import InvalidRequest, PermissionMissing, ServiceUnavailable
from metaconnect.graph.accounts import (
    ad_account_in,
    get_ad_account,
    list_ad_accounts,
    me,
)
from metaconnect.models import AdAccount, MetaUser

pytestmark = pytest.mark.anyio


async def test_me_asks_for_id_and_name_only(meta, graph, token):
    meta.will_answer({"id": 122, "name": "Jane Doe"})

    assert await me(graph, token) == MetaUser(id="122", name="Jane Doe")
    assert meta.requests[0].params == {"fields": "id,name"}


async def test_an_answer_without_an_id_is_metas_failure(meta, graph, token):
    meta.will_answer({"name": "Jane Doe"})

    with pytest.raises(ServiceUnavailable):
        await me(graph, token)


async def test_an_ad_account_is_listed_once_where_it_came_first(meta, graph, token):
    meta.will_answer({"data": [{"id": "act_2"}, {"id": "act_1"}, {"id": "act_2"}]})

    found = await list_ad_accounts(graph, token)

    assert found == (AdAccount(id="act_2"), AdAccount(id="act_1"))
    assert meta.requests[0].params["limit"] == "100"
    assert "timezone_name" in meta.requests[0].params["fields"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, None),
        ({"account_id": "7"}, AdAccount(id="act_7")),
        (
            {"id": "act_7", "account_status": "2"},
            AdAccount(id="act_7", account_status=2),
        ),
        ({"id": "act_7", "account_status": "?", "name": None}, AdAccount(id="act_7")),
        (
            {"id": 7, "currency": 5, "timezone_name": ["x"], "name": {"a": 1}},
            AdAccount(id="act_7"),
        ),
        (
            {"id": "act_7", "name": 12, "account_status": True},
            AdAccount(id="act_7", name="12"),
        ),
        ({"id": {"a": 1}}, None),
        ({"id": True}, None),
    ],
)
def test_a_row_may_lack_anything(row, expected):
    assert ad_account_in(row) == expected


async def test_one_ad_account_is_asked_for_by_its_id(meta, graph, token):
    row = {"id": "act_7", "currency": "JPY", "timezone_name": "Asia/Tokyo"}
    meta.will_answer(row | {"account_status": 1, "name": "Seven"})

    found = await get_ad_account(graph, token, "7")

    assert meta.requests[0].path == "/v26.0/act_7"
    assert found == AdAccount(
        id="act_7",
        name="Seven",
        account_status=1,
        currency="JPY",
        timezone_name="Asia/Tokyo",
    )


async def test_an_ad_account_cannot_lead_to_another_path(meta, graph, token):
    meta.will_answer({})

    with pytest.raises(ServiceUnavailable):
        await get_ad_account(graph, token, "../me?x=1")

    assert meta.requests[0].target.startswith("/v26.0/act_..%2Fme%3Fx%3D1?")


NO_EDGE = {
    "error": {
        "message": "(#100) Tried accessing nonexisting field (assigned_ad_accounts)",
        "code": 100,
    }
}


async def test_a_system_user_has_the_ad_accounts_assigned_to_it(meta, graph, token):
    meta.will_answer({"data": [{"id": "act_1", "name": "One"}]})

    found = await list_ad_accounts(graph, token, system_user=True, user_id="55")

    assert found == (AdAccount(id="act_1", name="One"),)
    assert [r.path for r in meta.requests] == ["/v26.0/55/assigned_ad_accounts"]


async def test_none_assigned_is_none_and_not_what_others_granted(meta, graph, token):
    meta.will_answer({"data": []})

    assert await list_ad_accounts(graph, token, system_user=True) == ()
    assert [r.path for r in meta.requests] == ["/v26.0/me/assigned_ad_accounts"]


async def test_an_edge_that_refuses_fields_is_asked_for_ids(meta, graph, token):
    meta.will_answer(NO_EDGE, 400)
    meta.will_answer({"data": [{"id": "act_2"}, {"id": "act_1"}]})
    meta.will_answer({"data": [{"id": "act_1", "name": "One"}, {"id": "act_9"}]})

    found = await list_ad_accounts(graph, token, system_user=True)

    assert found == (AdAccount(id="act_2"), AdAccount(id="act_1", name="One"))
    assert meta.requests[1].params == {}


async def test_an_edge_that_does_not_exist_is_replaced(meta, graph, token):
    meta.will_answer(NO_EDGE, 400)
    meta.will_answer(NO_EDGE, 400)
    meta.will_answer({"data": [{"id": "act_1"}]})

    found = await list_ad_accounts(graph, token, system_user=True)

    assert found == (AdAccount(id="act_1"),)
    assert meta.requests[2].path == "/v26.0/me/adaccounts"


async def test_a_refusal_is_not_taken_for_a_missing_edge(meta, graph, token):
    meta.will_answer({"error": {"message": "(#200) no", "code": 200}}, 403)

    with pytest.raises(PermissionMissing):
        await list_ad_accounts(graph, token, system_user=True)


async def test_a_person_has_no_other_edge(meta, graph, token):
    meta.will_answer(NO_EDGE, 400)

    with pytest.raises(InvalidRequest):
        await list_ad_accounts(graph, token)


def test_the_client_loads_little():
    code = "import sys, metaconnect.graph.client; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"pydantic", "supabase", "keyring", "typer", "uvicorn", "starlette"}
    assert "httpx" in loaded
    assert not heavy & set(loaded)
