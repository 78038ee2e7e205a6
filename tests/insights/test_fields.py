"""The list of Meta's fields."""

from __future__ import annotations

import pytest

from metaconnect.constants import FieldKind
from metaconnect.insights.breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from metaconnect.insights.fields import FIELDS, REMOVED, kind_of
from metaconnect.insights.picks import is_window


def test_every_field_of_metas_sdk_is_known():
    sdk = pytest.importorskip(
        "facebook_business.adobjects.adsinsights",
        reason="needs Meta's SDK: pip install facebook-business",
    )

    types = sdk.AdsInsights._field_types
    assert set(FIELDS) == set(types)
    for name, kind in FIELDS.items():
        if kind.is_actions:
            assert types[name] == "list<AdsActionStats>", name
        elif kind is FieldKind.OBJECTS:
            assert types[name] in ("list<Object>", "list<AdsHistogramStats>"), name
        else:
            assert types[name] in ("string", "int"), name


@pytest.mark.parametrize(
    ("name", "ours"),
    [("Breakdowns", {*BREAKDOWNS, "dma"}), ("ActionBreakdowns", {*ACTION_BREAKDOWNS})],
)
def test_every_breakdown_of_metas_sdk_is_known(name, ours):
    sdk = pytest.importorskip("facebook_business.adobjects.adsinsights")
    names = vars(getattr(sdk.AdsInsights, name))

    assert {v for n, v in names.items() if not n.startswith("_")} == ours


def test_every_value_of_an_action_is_told_from_its_breakdowns():
    sdk = pytest.importorskip("facebook_business.adobjects.adsactionstats")
    parts = ("action_", "interactive_component_", "promoted_product_", "value")
    names = sdk.AdsActionStats._field_types

    for name in names:
        assert is_window(name) is not name.startswith(parts), name


def test_kinds_tell_what_adds_up_and_what_is_money():
    found = {
        name: kind_of(name)
        for name in ("spend", "cpc", "reach", "actions", "campaign_id", "date_start")
    }

    assert [n for n, kind in found.items() if kind.adds_up] == ["spend", "actions"]
    assert [n for n, kind in found.items() if kind.is_money] == ["spend", "cpc"]
    assert [n for n, kind in found.items() if kind.is_text] == [
        "campaign_id",
        "date_start",
    ]
    assert kind_of("not_known_yet") is FieldKind.UNKNOWN


def test_what_was_removed_is_still_read():
    assert set(FIELDS) >= REMOVED
