"""Next steps where Meta refuses a field, a breakdown or a preset."""

from __future__ import annotations

import pytest

from metaconnect.insights.fields import REMOVED
from metaconnect.insights.hints import hint_for, similar_fields

from .samples import query


def refused(names, param="fields"):
    verb = "are" if "," in names else "is"
    return f"(#100) {names} {verb} not valid for {param} param. please check https://…"


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        (refused("impresions"), "Did you mean impressions instead of impresions?"),
        (refused("purchase"), "purchases"),
        (refused("age"), "age is a breakdown: --breakdown age"),
        (refused("action_device"), "--action-breakdown action_device"),
        (refused("xyzzy"), "Leave out xyzzy."),
        (refused("labels, location"), "Leave out labels. Leave out location."),
        (refused("revenue"), "Ask for purchase_value instead of revenue."),
        (refused("contry", "breakdowns"), "Did you mean country instead of contry?"),
        (refused("dma", "breakdowns"), "the breakdown comscore_market instead of dma"),
        (
            refused("action_devices", "action_breakdowns"),
            "Did you mean action_device",
        ),
        ("(#100) last_30_days is not a valid date_preset. please", "last_30d?"),
        ("(#100) zzz is not a valid date_preset. please", "One of: today,"),
        (
            "Current combination of data breakdown columns (age, dma) is invalid",
            "Leave out one of age, dma.",
        ),
        (
            "combination of data breakdown columns (action_type, platform_position) is",
            "--breakdown publisher_platform",
        ),
        ("Reach-related metric breakdowns are unavailable due to", "13 months"),
    ],
)
def test_a_refusal_has_a_next_step(message, hint):
    assert hint in hint_for(message)


def test_a_refusal_without_words_names_what_was_asked():
    asked = query("spend", breakdowns=("age", "country"))

    hint = hint_for("(#2) Service temporarily unavailable", asked, 1504041)

    assert "age, country" in hint
    assert hint_for("(#2) Service temporarily unavailable", asked) is None


def test_other_refusals_have_none():
    assert hint_for("Invalid parameter") is None


@pytest.mark.parametrize("name", sorted(REMOVED | {"label", "gender_target"}))
def test_no_hint_names_a_field_that_meta_removed(name):
    assert not REMOVED & set(similar_fields(name))
