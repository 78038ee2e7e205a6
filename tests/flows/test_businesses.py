"""The ad accounts of a person's businesses."""

import pytest

from metaconnect.blocking import Metaconnect
from metaconnect.errors import NetworkError, PermissionMissing

from .conftest import asked

pytestmark = pytest.mark.anyio
GROUP, AGENCY = "900100000000001", "900100000000002"


async def test_each_is_there_once_with_its_owner(meta, program, connect):
    connect()

    found = await program.ad_accounts("acme", businesses=True)

    by_name = {a.name: a for a in found}
    assert by_name["Alpenglow Outdoor UK"].business == "Alpenglow Group"
    assert by_name["Happy Paws 🐾"].business == "Nordwind Agentur"
    # It belongs to no business of the person, and is shared with one.
    assert by_name["Fish & <b>Chips</b> Ltd"].business == "Nordwind Agentur"
    assert len({a.id for a in found}) == len(found)
    reached = {a.id for a in await program.ad_accounts("acme")}
    assert {a.id for a in found} < reached
    assert len(asked(meta, "_ad_accounts")) == 4


async def test_the_ad_accounts_that_are_reached_have_none(program, connect):
    connect()

    assert {a.business for a in await program.ad_accounts("acme")} == {None}


async def test_one_that_is_refused_is_named_and_the_others_listed(
    meta, program, connect, notices
):
    connect()
    meta.sandbox.plan(f"/{AGENCY}/owned_ad_accounts", "200", None)

    found = await program.ad_accounts("acme", businesses=True)

    assert {a.business for a in found} == {"Alpenglow Group", "Nordwind Agentur"}
    assert "Happy Paws 🐾" not in {a.name for a in found}
    assert [n for n in notices if "of the business 'Nordwind Agentur'" in n]


async def test_without_the_permission_it_is_asked_for_again(meta, program, connect):
    connect(token=meta.sandbox.issue_token(scopes=("ads_read",)))

    with pytest.raises(PermissionMissing) as caught:
        await program.ad_accounts("acme", businesses=True)
    assert "--client acme" in caught.value.hint


async def test_a_failure_is_one_error_and_not_a_part_of_the_list(
    meta, program, connect
):
    connect()
    meta.sandbox.plan(f"/{GROUP}/client_ad_accounts", "drop", None)

    with pytest.raises(NetworkError):
        await program.ad_accounts("acme", businesses=True)


async def test_the_same_without_await(settings, program, connect):
    connect()

    with Metaconnect(settings) as meta:
        assert len(meta.ad_accounts("acme", businesses=True)) > 2
