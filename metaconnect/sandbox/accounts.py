"""The ad accounts: fixtures, and stand-ins for those that always fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from .faults import BY_ACCOUNT, Fault
from .state import Sandbox

Account = Mapping[str, Any]

_ROWS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("accounts.json").read_text("utf-8")
)
ACCOUNTS: tuple[Account, ...] = tuple(
    MappingProxyType(row) for row in _ROWS if row.get("reached", True)
)
UNREACHED = {row["account_id"] for row in _ROWS if not row.get("reached", True)}
BY_ID = {account["account_id"]: account for account in ACCOUNTS}
# A currency without minor units: Insights gives its spend without decimals.
# https://developers.facebook.com/docs/marketing-api/currencies
WHOLE = {"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"}


def reached(sandbox: Sandbox) -> list[Account]:
    """The ad accounts of the person, as many as the switch says."""
    wanted = sandbox.switches.ad_accounts
    if wanted < 0:
        return list(ACCOUNTS)
    extra = range(len(ACCOUNTS), wanted)
    return [*ACCOUNTS[:wanted], *(_extra(number) for number in extra)]


def find(object_id: str, sandbox: Sandbox) -> Account:
    """The ad account ``act_…``; raises Fault as Meta does for the others."""
    number = object_id.removeprefix("act_")
    if number == object_id:
        raise Fault("100/33", method="get", id=object_id)
    if number in BY_ACCOUNT:
        return _failing(number)
    if number in UNREACHED:
        raise Fault("200")
    for account in reached(sandbox):
        if account["account_id"] == number:
            return account
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
    """Every field of the node that the sandbox knows."""
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
