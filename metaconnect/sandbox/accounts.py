"""The ad accounts: fixtures, unusual ones, and one for each error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from .faults import BY_ACCOUNT, Fault
from .state import Sandbox, Token

Account = Mapping[str, Any]


def _read(name: str) -> tuple[Account, ...]:
    rows = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return tuple(map(MappingProxyType, rows))


_ALL = _read("accounts.json")
ACCOUNTS = tuple(row for row in _ALL if row.get("reached", True))
UNREACHED = {row["account_id"] for row in _ALL if not row.get("reached", True)}
# Read by id only, unless the switch special_accounts lists them.
SPECIAL = _read("special_accounts.json")
ASSIGNED = 3
# Insights gives the spend of these without decimals.
# https://developers.facebook.com/docs/marketing-api/currencies
ZERO_DECIMAL = {
    "CLP",
    "COP",
    "CRC",
    "HUF",
    "ISK",
    "IDR",
    "JPY",
    "KRW",
    "PYG",
    "TWD",
    "VND",
}


def reached(sandbox: Sandbox) -> list[Account]:
    """Return the ad accounts of the person, as many as the switches say."""
    special = SPECIAL if sandbox.switches.special_accounts else ()
    wanted = sandbox.switches.ad_accounts
    if wanted < 0:
        return [*ACCOUNTS, *special]
    extra = range(len(ACCOUNTS), wanted)
    return [*ACCOUNTS[:wanted], *(_extra(number) for number in extra), *special]


def allowed(token: Token, sandbox: Sandbox) -> list[Account]:
    """
    Return the ad accounts that *token* may read.

    A system user may read only those assigned to it, although its
    /me/adaccounts lists the others too. A person may have ticked only some.
    """
    found = reached(sandbox)
    if token.kind == "SYSTEM_USER":
        return found[:ASSIGNED]
    ticked = sandbox.ticked()
    return [a for a in found if not ticked or a["account_id"] in ticked]


def find(object_id: str, token: Token, sandbox: Sandbox) -> Account:
    """Return the ad account ``act_…``; raises Fault if *token* may not read it."""
    number = object_id.removeprefix("act_")
    if number == object_id:
        raise Fault("100/33", method="get", id=object_id)
    if number in BY_ACCOUNT:
        return _failing(number)
    for account in (*allowed(token, sandbox), *SPECIAL):
        if account["account_id"] == number:
            return account
    others = {account["account_id"] for account in reached(sandbox)}
    if number in UNREACHED | others:
        raise Fault("200")
    raise Fault("100/33", method="get", id=object_id)


def _extra(number: int) -> Account:
    return {
        **ACCOUNTS[0],
        "account_id": str(102000000000000 + number),
        "name": f"Extra account {number + 1}",
    }


def _failing(number: str) -> Account:
    return {
        "account_id": number,
        "name": f"Always fails: {BY_ACCOUNT[number]}",
        "account_status": 1,
        "currency": "USD",
        "timezone_name": "America/New_York",
        "created_time": "2024-01-01",
    }


def described(account: Account, sandbox: Sandbox) -> dict[str, Any]:
    """Return every field of the node that the sandbox knows."""
    zone = ZoneInfo(account["timezone_name"])
    there = sandbox.now().astimezone(zone)
    offset = there.utcoffset()
    created = datetime.fromisoformat(account["created_time"]).replace(tzinfo=zone)
    known = {
        "id": "act_" + account["account_id"],
        "account_id": account["account_id"],
        "name": account["name"],
        "account_status": account["account_status"],
        "disable_reason": account.get("disable_reason", 0),
        "currency": account["currency"],
        "timezone_name": account["timezone_name"],
        "timezone_offset_hours_utc": offset.total_seconds() / 3600 if offset else 0,
        "created_time": created.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "user_tasks": ["ANALYZE"],
        "amount_spent": "0",
        "balance": "0",
    }
    if "business" in account:
        known["business"] = dict(account["business"])
    return known
