"""Which ad account is meant: by id, by name, or simply the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import AdAccountNotFound
from ..models import AdAccount

Pick = Callable[[Sequence[AdAccount]], AdAccount | None]


def choose_ad_account(
    named: str | None, ad_accounts: Sequence[AdAccount], pick: Pick | None
) -> AdAccount | None:
    """
    Return the ad account *named*, else the only one, else the one picked.

    None where there is none, or where nobody can be asked (*pick* is None).
    """
    if named:
        return named_ad_account(named, ad_accounts)
    if len(ad_accounts) == 1:
        return ad_accounts[0]
    return pick(ad_accounts) if pick and ad_accounts else None


def named_ad_account(name: str, ad_accounts: Sequence[AdAccount]) -> AdAccount:
    """
    Return the ad account that *name* means.

    It is an id with or without ``act_``, an exact name, a part of exactly one
    name (upper and lower case are the same), or ``first``: the first active
    one. Raises AdAccountNotFound.
    """
    if not ad_accounts:
        raise AdAccountNotFound("This login reaches no ad account.")
    if name == "first":
        return next((a for a in ad_accounts if a.is_active), ad_accounts[0])
    for matches in (_by_id, _by_exact_name, _by_part_of_name):
        found = [account for account in ad_accounts if matches(name, account)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(f"{a.name} ({a.id})" for a in found[:5])
            raise AdAccountNotFound(
                f"{name!r} fits {len(found)} ad accounts: {listed}"
                + (", ..." if len(found) > len(listed.split("), ")) else "."),
                hint="Name one by its id.",
            )
    raise AdAccountNotFound(
        f"This login reaches no ad account {name!r} "
        f"(of the {len(ad_accounts)} that it reaches).",
        hint="See them with:  metaconnect accounts list",
    )


def matching(text: str, ad_accounts: Sequence[AdAccount]) -> list[AdAccount]:
    """Return the ad accounts whose name or id has *text* in it."""
    return [
        account
        for account in ad_accounts
        if _by_part_of_name(text, account) or text in account.id
    ]


def _by_id(name: str, account: AdAccount) -> bool:
    return account.id in (name, f"act_{name}")


def _by_exact_name(name: str, account: AdAccount) -> bool:
    return account.name == name


def _by_part_of_name(name: str, account: AdAccount) -> bool:
    return name.casefold() in account.name.casefold()
