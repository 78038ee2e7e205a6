"""
Quotas of requests, and the usage headers that tell of them.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from .accounts import SPECIAL
from .faults import Fault
from .state import Sandbox

INSIGHTS = re.compile(r"^/(?:act_)?(\d+)/insights$")
RUN = re.compile(r"^/(\d+)$")
TIER = "standard_access"
APP = "app"
FULL = 100
MOST_NAMED = 32
QUOTAS = {each["account_id"]: each["quota"] for each in SPECIAL if "quota" in each}


def over_quota(scope: Mapping[str, Any], sandbox: Sandbox) -> Fault | None:
    """Count a request for Insights; return its fault where there were too many."""
    account = _account(scope, sandbox)
    if account is None:
        return None
    for key, error in ((APP, "4/1504022"), (account, "80000")):
        quota = _quota(key, sandbox)
        if quota and sandbox.use(key, count=1).requests > quota:
            return Fault(error)
    return None


def usage_headers(scope: Mapping[str, Any], sandbox: Sandbox) -> dict[str, str]:
    """Return the usage headers: percent of each quota, waiting times in minutes."""
    account = _account(scope, sandbox)
    throttle = scope.get("throttle")
    used = sandbox.switches.usage_percent
    headers: dict[str, Any] = {}
    if account or throttle == APP:
        call_count = _percent(APP, scope, sandbox)
        shares = {"call_count": call_count, "total_cputime": used, "total_time": used}
        headers["X-App-Usage"] = shares
    if account or throttle == "business":
        names = dict.fromkeys([account or "0", *_counted(sandbox)])
        headers["X-Business-Use-Case-Usage"] = {
            name: [_business_usage(name, scope, sandbox)] for name in names
        }
    if account and INSIGHTS.match(scope["path"]):
        headers["X-FB-Ads-Insights-Throttle"] = {
            "app_id_util_pct": _percent(APP, scope, sandbox),
            "acc_id_util_pct": _percent(account, scope, sandbox),
            "ads_api_access_tier": TIER,
        }
    if account and _quota(account, sandbox):
        headers["X-Ad-Account-Usage"] = {
            "acc_id_util_pct": _percent(account, scope, sandbox),
            "reset_time_duration": math.ceil(sandbox.use(account).seconds_left),
            "ads_api_access_tier": TIER,
        }
    return {name: json.dumps(value) for name, value in headers.items()}


def _account(scope: Mapping[str, Any], sandbox: Sandbox) -> str | None:
    """Return the ad account whose Insights, or whose report run, is asked for."""
    path = scope["path"]
    match = INSIGHTS.match(path) or RUN.match(path)
    if match is None:
        return None
    if path.startswith("/act_"):
        return match[1]
    report = sandbox.reports.get(match[1])
    return report.query.account_id if report else None


def _quota(key: str, sandbox: Sandbox) -> int:
    if key == APP:
        return sandbox.switches.app_quota
    return int(QUOTAS.get(key, sandbox.switches.quota))


def _counted(sandbox: Sandbox) -> list[str]:
    """Return some ad accounts with a quota that is in use; Meta names several too."""
    used = (key for key in sandbox.uses if key != APP and _quota(key, sandbox))
    return list(islice(used, MOST_NAMED - 1))


def _percent(key: str, scope: Mapping[str, Any], sandbox: Sandbox) -> int:
    if quota := _quota(key, sandbox):
        return FULL * sandbox.use(key).requests // quota
    throttled = key == APP and scope.get("throttle") == APP
    return FULL if throttled else sandbox.switches.usage_percent


def _business_usage(
    account: str, scope: Mapping[str, Any], sandbox: Sandbox
) -> dict[str, Any]:
    used, regain = _percent(account, scope, sandbox), 0
    if _quota(account, sandbox):
        if used >= FULL:
            regain = math.ceil(sandbox.use(account).seconds_left / 60)
    elif scope.get("throttle") == "business":
        used, regain = FULL, sandbox.switches.regain_minutes
    insights = _account(scope, sandbox)
    return {
        "type": "ads_insights" if insights else "ads_management",
        "call_count": used,
        "total_cputime": sandbox.switches.usage_percent,
        "total_time": sandbox.switches.usage_percent,
        "estimated_time_to_regain_access": regain,
        "ads_api_access_tier": TIER,
    }
