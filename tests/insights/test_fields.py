"""The list of Meta's fields."""

from __future__ import annotations

import pytest

from metaconnect.constants import FieldKind
from metaconnect.insights.fields import FIELDS, REMOVED, kind_of


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
