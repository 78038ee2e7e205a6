"""Who logged in, and which ad accounts the token reaches."""

from __future__ import annotations

import subprocess
import sys

import pytest

from metaconnect.errors import ServiceUnavailable
from metaconnect.graph.accounts import ad_account_in, list_ad_accounts, me
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
    ],
)
def test_a_row_may_lack_anything(row, expected):
    assert ad_account_in(row) == expected


def test_the_client_loads_little():
    code = "import sys, metaconnect.graph.client; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"pydantic", "supabase", "keyring", "typer", "uvicorn", "starlette"}
    assert "httpx" in loaded
    assert not heavy & set(loaded)
