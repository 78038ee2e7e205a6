"""Which ad account is meant."""

import pytest

from metaconnect.errors import AdAccountNotFound, UsageError
from metaconnect.flows.accounts import choose_ad_account
from metaconnect.models import AdAccount

from .conftest import asked

pytestmark = pytest.mark.anyio

SHOP = AdAccount(id="act_1", name="Alpine Shop", account_status=2)
OUTLET = AdAccount(id="act_2", name="Alpine Outlet", account_status=1)
SHOUTING = AdAccount(id="act_3", name="ALPINE SHOP")
ALL = (SHOP, OUTLET, SHOUTING)


def nobody(_ad_accounts):
    raise AssertionError("nobody should be asked")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("act_1", SHOP),
        ("2", OUTLET),
        ("Alpine Shop", SHOP),  # of two that differ in case, the one spelled so
        ("ALPINE SHOP", SHOUTING),
        ("alpine outlet", OUTLET),
        ("first", OUTLET),  # the first that is active
    ],
)
@pytest.mark.parametrize("pick", [None, nobody])
async def test_what_is_named_exactly_is_chosen(named, meant, pick):
    assert choose_ad_account(named, ALL, pick) == meant


@pytest.mark.parametrize("named", ["Alpine", "outlet", "alpine shop", "act", "ACCOUNT"])
async def test_a_part_of_a_name_chooses_nothing_by_itself(named):
    with pytest.raises(AdAccountNotFound):
        choose_ad_account(named, ALL, None)


async def test_a_part_of_a_name_lets_a_person_pick_among_those_that_have_it():
    offered = []

    def pick(ad_accounts):
        offered.extend(ad_accounts)
        return ad_accounts[-1]

    assert choose_ad_account("shop", ALL, pick) == SHOUTING
    assert offered == [SHOP, SHOUTING]


async def test_one_that_is_alone_is_chosen():
    assert choose_ad_account(None, [SHOP], nobody) == SHOP


@pytest.mark.parametrize("ad_accounts", [(), ALL])
async def test_without_a_person_nothing_is_chosen_for_them(ad_accounts):
    assert choose_ad_account(None, ad_accounts, None) is None


@pytest.mark.parametrize("named", [None, "Alpenglow", "ACCOUNT"])
async def test_what_is_not_named_exactly_is_not_stored(named, program, connect):
    stored = connect()

    with pytest.raises(UsageError):
        await program.use_ad_account("acme", named)
    assert await program.connection() == stored


async def test_a_part_of_one_name_is_enough_to_read(program, connect, meta):
    connect()
    (*_, last) = await program.ad_accounts()

    assert last.id == (await _request(program, last.name[:-1])).ad_account_id
    # An id is taken as it is: Meta says whether it is reached.
    before = len(asked(meta))
    assert (await _request(program, "123")).ad_account_id == "act_123"
    assert len(asked(meta)) == before


async def test_none_chosen_says_how_to_choose(program, connect):
    connect(ad_account_id=None)

    with pytest.raises(UsageError, match="no ad account chosen") as caught:
        await program.insights("acme")
    assert "metaconnect accounts use --client acme" in caught.value.hint


async def _request(program, account):
    from metaconnect.insights.query import insights_query

    return await program.insights_request(insights_query(), "acme", account)
