"""What an audit finds, as values."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from .gaps import Gap, Number


class Cause(StrEnum):
    """What explains that rows do not add up to the whole."""

    ROUNDING = "rounding"
    DELETED_OBJECTS = "deleted_objects"
    ATTRIBUTION_SETTINGS = "attribution_settings"
    OFF_META_RESULTS = "off_meta_results"
    OPT_IN = "opt_in"
    SOME_ADS = "some_ads"
    ESTIMATED = "estimated"
    TODAY = "today"
    COUNTED_ONCE = "counted_once"
    RESTATED = "restated"


class Verdict(StrEnum):
    """What came of a check."""

    AGREES = "agrees"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An ad object, and the money that is missing with it."""

    id: str
    name: str
    spend: Number


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a check found: nothing (`gaps` is empty), or what is missing, and why.

    `check` is "days", a level, a breakdown ("age,gender"), "reach", or "table" with the
    name of a report. `days` are those
    on which something is missing, `empty_days` those of them without a row; both are
    known of what is not explained. `parts` are the objects that have what is missing;
    where nothing explains it, the campaigns in which it is missing.
    """

    check: str
    gaps: tuple[Gap, ...] = ()
    cause: Cause | None = None
    days: tuple[date, ...] = ()
    empty_days: tuple[date, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if not self.gaps:
            return Verdict.AGREES
        return Verdict.EXPLAINED if self.cause else Verdict.UNEXPLAINED

    @property
    def missing(self) -> dict[str, Number]:
        """How much is missing of each metric; below zero: how much is too much."""
        return {gap.metric: gap.missing for gap in self.gaps}
