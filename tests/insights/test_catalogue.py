"""The list of everything that can be asked for."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from metaconnect.insights import catalogue as module
from metaconnect.insights.breakdowns import ACTION_BREAKDOWNS, BREAKDOWNS
from metaconnect.insights.catalogue import catalogue, find_fields
from metaconnect.insights.field_sets import SETS
from metaconnect.insights.fields import FIELDS, REMOVED
from metaconnect.insights.picks import ATTRIBUTION_WINDOWS, PLAIN

WRITTEN = json.loads(module._DESCRIPTIONS.read_text())


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("fields", FIELDS.keys() - REMOVED),
        ("plain", PLAIN),
        ("sets", SETS),
        ("breakdowns", BREAKDOWNS),
        ("action_breakdowns", ACTION_BREAKDOWNS),
        ("windows", ATTRIBUTION_WINDOWS),
    ],
)
def test_every_name_is_described_and_no_other(section, names):
    assert set(WRITTEN[section]) == set(names)


def test_every_description_is_one_line():
    for entry in catalogue():
        assert entry.keys() == {"name", "kind", "unit", "description"}
        assert entry["description"].endswith(".")
        assert "\n" not in entry["description"]


def test_a_name_stands_once_in_its_kind():
    named = Counter((entry["kind"], entry["name"]) for entry in catalogue())

    assert max(named.values()) == 1


def test_a_plain_column_says_what_it_counts():
    (leads,) = [e for e in catalogue() if e["name"] == "leads"]

    assert leads["kind"] == "count"
    assert "lead, onsite_conversion.lead_grouped" in leads["description"]


def test_units_are_those_of_the_columns():
    units = {e["name"]: e["unit"] for e in catalogue()}

    assert [units[n] for n in ("spend", "ctr", "cost_per_lead", "clicks")] == [
        "currency",
        "%",
        "currency",
        "",
    ]


def test_words_are_looked_for_in_names_kinds_and_descriptions():
    found = [entry["name"] for entry in find_fields("ThruPlay cost")]

    assert "cost_per_thruplay" in found
    assert {e["kind"] for e in find_fields("breakdown hour")} == {"breakdown"}
    assert find_fields("xyzzy") == ()
    assert find_fields() == catalogue()
