"""The settings of ``/_sandbox/switches``."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


def _about(default: Any, text: str) -> Any:
    return field(default=default, metadata={"about": text})


@dataclass(kw_only=True)
class Switches:
    """The settings of ``/_sandbox/switches``; `about` explains each."""

    auto_approve: bool = _about(
        False, "the dialog redirects as if Continue was pressed"
    )
    decline: str = _about("", "permissions that auto_approve leaves unticked")
    business_login: bool = _about(False, "the dialog refuses scope and wants config_id")
    redirect_uris: str = _about(
        "", "Valid OAuth Redirect URIs, with spaces; else all https, http://localhost"
    )
    code_expires_in: int = _about(600, "seconds an authorization code lives")
    expires_in: str = _about("", "in token answers: a number of seconds, or 'missing'")
    never_expires: bool = _about(False, "user tokens have expires_at 0")
    extend_long_lived: bool = _about(
        True, "exchanging a long-lived token moves its date"
    )
    token_error: str = _about("", "every user token fails with this, such as 190/460")
    require_proof: bool = _about(False, "calls without appsecret_proof are refused")
    ad_accounts: int = _about(-1, "how many ad accounts are reached; -1 is all")
    special_accounts: bool = _about(
        False, "list the ad accounts with unusual numbers too, after the others"
    )
    ticked: str = _about("", "ad accounts ticked at the login, with commas; else all")
    row_budget: int = _about(10_000, "rows of one answer above which Insights fails")
    query_rows: int = _about(
        0, "rows of all pages above which a synchronous query fails; 0 is no limit"
    )
    too_much: str = _about("1/reduce", "the error of row_budget and query_rows")
    too_much_after: int = _about(
        0, "rows of a query above query_rows that are answered before it fails"
    )
    report_polls: int = _about(2, "polls until a report run has ended")
    report_seconds: int = _about(
        0, "seconds of the clock until a report run has ended, whatever the polls"
    )
    report_endings: str = _about(
        "",
        "of the runs of one query in turn, the last for all later ones: "
        "failed,completed",
    )
    regain_minutes: int = _about(12, "estimated_time_to_regain_access of a throttle")
    usage_percent: int = _about(1, "call_count of the usage headers")
    row_order: str = _about(
        "", "of Insights: by-day, newest-first or shuffled; else object by object"
    )
    opted_in: bool = _about(
        False, "breakdowns that need opting in have rows: impression_device, …"
    )
    quota: int = _about(
        0, "Insights requests of each ad account until it is throttled; 0 is no limit"
    )
    app_quota: int = _about(
        0, "Insights requests of the app until it is throttled; 0 is no limit"
    )
    quota_seconds: int = _about(3600, "seconds of the clock until a quota is fresh")
    latency_ms: int = _about(0, "milliseconds to wait before each answer")

    def turn(self, name: str, value: object) -> None:
        """Set one switch; ValueError says what it accepts."""
        known = {each.name: each for each in fields(self)}
        if name not in known:
            raise ValueError(f"no switch {name!r}; there are {', '.join(known)}")
        wanted = type(known[name].default)
        if wanted is str and type(value) is int:
            value = str(value)
        if type(value) is not wanted:
            raise ValueError(f"{name} takes a {wanted.__name__}")
        if name == "expires_in" and not (
            value in ("", "missing") or str(value).isdecimal()
        ):
            raise ValueError("expires_in takes a number of seconds, or 'missing'")
        setattr(self, name, value)
