"""What an audit found, as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from .audit import DAYS, REACH
from .findings import Cause, Finding, Part, Verdict
from .gaps import SPEND, Gap, Number
from .picks import PLAIN

_PLURALS: Final = {
    DAYS: "days",
    "campaign": "campaigns",
    "adset": "ad sets",
    "ad": "ads",
}
TABLE: Final = "table"
_NAMED: Final = 3  # objects, metrics and days; the rest is a number
_MONEY: Final = (SPEND, "action_values")
_BECAUSE: Final = {
    Cause.ATTRIBUTION_SETTINGS: "the ads have several attribution settings, and Meta "
    "adds no results across these",
    Cause.OFF_META_RESULTS: "Meta gives no results outside of Meta with it",
    Cause.OPT_IN: "it needs opting in, or Meta answers without rows",
    Cause.SOME_ADS: "it covers only some kinds of ads",
    Cause.ESTIMATED: "Meta estimates the results of each row",
    Cause.RESTATED: "Meta may restate a day for 28 days, and this was read before",
    Cause.TODAY: "today is not over, and its numbers change while they are read",
}


def sentence(finding: Finding, currency: str | None = None) -> str:
    """Return what *finding* says, in one or two sentences."""
    rows = rows_of(finding.check)
    if finding.check.startswith(TABLE):
        return _of_table(finding, currency)
    if finding.verdict is Verdict.AGREES:
        return f"{rows} add up to the account."
    if finding.check == REACH:
        return _reach(finding)
    amount = _amounts(finding.gaps, currency)
    if finding.cause is Cause.ROUNDING:
        return f"{rows} differ by {amount}: no more than the rounding of each row."
    if finding.gaps[0].missing > 0:
        said = f"{rows} lack {amount}{_when(finding)}"
    else:
        said = f"{rows} have {amount}{_when(finding)} that the account has not"
    parts = _parts(finding.parts, currency)
    if finding.cause is Cause.DELETED_OBJECTS:
        return f"{said}, which archived or deleted ones have: {parts}."
    if finding.cause:
        return f"{said}: {_BECAUSE[finding.cause]}."
    where = f" It is missing in {parts}." if parts else ""
    return f"{said}: nothing explains it.{where}"


def rows_of(check: str) -> str:
    """Return the rows of a check as the subject of a sentence."""
    return f"The {_PLURALS[check]}" if check in _PLURALS else f"The rows by {check}"


def _reach(finding: Finding) -> str:
    sums = ", ".join(
        f"{gap.rows:,} for {_PLURALS[gap.metric.partition(':')[2]]}"
        for gap in finding.gaps
    )
    return (
        f"Reach is {finding.gaps[0].whole or 0:,}; summed it would be {sums}: whoever "
        "was reached twice is one person."
    )


def _of_table(finding: Finding, currency: str | None) -> str:
    named = finding.check.removeprefix(TABLE).strip()
    if finding.verdict is Verdict.AGREES:
        return f"The table has what Meta says now of report {named!r}."
    amount = _amounts(finding.gaps, currency)
    because = _BECAUSE[finding.cause] if finding.cause else "nothing explains it"
    return (
        f"Of report {named!r} the table differs from what Meta says now by {amount}"
        f"{_when(finding)}: {because}."
    )


def _amounts(found: Sequence[Gap], currency: str | None) -> str:
    """Return how much is missing: money and what was bought, then how many others."""
    missing = {gap.metric: gap.size for gap in found}
    first = [_of_type(name, missing) for name in ("purchases", "leads")]
    plain = [metric for metric in missing if ":" not in metric and metric != SPEND]
    shown = [m for m in (SPEND, *first, *plain, *missing) if m in missing]
    shown = list(dict.fromkeys(shown))[:_NAMED]
    texts = [_amount(metric, missing[metric], currency) for metric in shown]
    if rest := len(missing) - len(shown):
        texts.append(f"{rest} more metric{'s' * (rest > 1)}")
    return _listed(texts)


def _of_type(name: str, missing: Mapping[str, Number]) -> str | None:
    """Return what stands for *name* in *missing*: one sale has several types."""
    types = (f"actions:{action_type}" for action_type in PLAIN[name].types)
    return next((metric for metric in types if metric in missing), None)


def _amount(metric: str, number: Number, currency: str | None) -> str:
    name, _, action_type = metric.partition(":")
    if name in _MONEY:
        unit = f" {currency}" if currency else ""
        return f"{number:,f}{unit} of {action_type or name}"
    return f"{number:,} {action_type or name}"


def _when(finding: Finding) -> str:
    if not finding.days:
        return ""
    none = f", without a row on {_days(finding.empty_days)}" * bool(finding.empty_days)
    return f" on {_days(finding.days)}{none}"


def _days(days: Sequence[date]) -> str:
    texts = [day.isoformat() for day in days[:_NAMED]]
    if rest := len(days) - len(texts):
        texts.append(f"{rest} more day{'s' * (rest > 1)}")
    return _listed(texts)


def _parts(parts: Sequence[Part], currency: str | None) -> str:
    unit = f" {currency}" if currency else ""
    texts = [f"{part.name} ({part.spend:,f}{unit})" for part in parts[:_NAMED]]
    if rest := len(parts) - len(texts):
        texts.append(f"{rest} more")
    return _listed(texts)


def _listed(texts: Sequence[str]) -> str:
    return (
        " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1]))) if texts else ""
    )
