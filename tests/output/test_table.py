"""The table as a terminal shows it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from metaconnect.output.layout import text_len
from metaconnect.output.numbers import NOTHING

from .conftest import DAY, METRICS, NEXT_DAY

WEEK = {"date_start": "2026-11-16", "date_stop": "2026-11-22"}


def squeezed(lines):
    return [" ".join(line.split()) for line in lines]


def test_a_table_has_a_caption_headings_rows_totals_and_a_legend(table):
    rows = [day | {"spend": Decimal("1389.105")} for day in (DAY, NEXT_DAY)]

    lines = table(
        rows,
        caption="acme · Main Shop",
        totals=lambda rows: {"spend": sum(row["spend"] for row in rows)},
        legend=["spend is what Meta charged."],
    )

    assert squeezed(lines) == [
        "acme · Main Shop · EUR",
        "date spend",
        "────────── ────────",
        "2026-11-16 1,389.11",
        "2026-11-17 1,389.11",
        "────────── ────────",
        "total 2,778.21",
        "spend is what Meta charged.",
    ]


def test_without_a_caption_the_headings_say_the_currency(table):
    assert "spend (EUR)" in table([DAY | {"spend": 1}])[1]


def test_without_a_currency_the_heading_stays_bare(table):
    assert table([{"spend": 1}], currency=None)[0].strip() == "spend"


def test_a_caption_that_names_period_and_currency_is_left_alone(table):
    caption = "acme · 2026-11-16 to 2026-11-22 (Europe/Berlin) · EUR"

    assert table([WEEK | {"spend": 1}], caption=caption)[0] == caption


def test_rows_of_a_part_of_the_captions_period_keep_their_dates(table):
    caption = "acme · 2026-11-16 – 2026-11-22 · EUR"

    lines = table([DAY | {"spend": 1}], caption=caption)

    assert squeezed(lines)[:2] == [caption, "date spend"]


def test_a_name_that_looks_like_a_currency_does_not_hide_it(table):
    assert table([{"spend": 1}], caption="EURO · in EUR")[0].endswith(" · EUR")


def test_one_period_stands_in_the_caption(table):
    rows = [WEEK | {"age": age, "spend": 1} for age in ("18-24", "25-34")]

    lines = table(rows, caption="acme")

    assert lines[0] == "acme · 2026-11-16 to 2026-11-22 · EUR"
    assert squeezed(lines)[1] == "age spend"


def test_one_day_stands_in_the_caption_as_a_date(table):
    assert table([DAY | {"spend": 1}], caption="acme")[0] == "acme · 2026-11-16 · EUR"


def test_days_are_one_column_and_longer_periods_two(table):
    later = {"date_start": "2026-11-23", "date_stop": "2026-11-29"}

    assert squeezed(table([DAY, NEXT_DAY]))[0] == "date"
    assert squeezed(table([WEEK, later]))[0] == "date_start date_stop"


def test_a_long_caption_is_wrapped_between_its_words(table):
    caption = "acme · Main Shop (act_1234567890) · Europe/Berlin · 7d_click"

    lines = table([{"clicks": 1}], caption=caption, width=30)

    assert " ".join(lines[:3]) == caption
    assert max(map(len, lines)) <= 30


@pytest.mark.parametrize("width", range(12, 40))
def test_a_caption_never_breaks_a_date_or_an_id(table, width):
    words = "acme act_1234567890 2026-11-16 to 2026-11-22"

    lines = table([{"clicks": 1}], caption=words, width=width)

    assert [word for line in lines for word in line.split()][:5] == words.split()


def test_what_is_missing_is_a_dash_and_so_is_a_total_that_would_lie(table):
    rows = [day | {"reach": 5, "spend": None, "actions": {}} for day in (DAY, NEXT_DAY)]

    lines = squeezed(table(rows, totals=lambda _: {"reach": None}))

    assert f"2026-11-16 5 {NOTHING} {NOTHING}" in lines
    assert lines[-1] == f"total {NOTHING} {NOTHING} {NOTHING}"


def test_a_single_row_has_no_totals_of_its_own(table):
    lines = table([DAY | {"spend": 5}], totals=lambda _: {"spend": Decimal(5)})

    assert not [line for line in lines if "total" in line]


def test_the_totals_are_made_of_all_rows(table):
    rows = [DAY | {"age": str(age), "clicks": 1} for age in range(5)]

    lines = table(rows, totals=lambda rows: {"clicks": len(rows)})

    assert squeezed(lines)[-1] == "total 5"


def test_names_cannot_drive_the_terminal_nor_forge_a_row(table):
    name = "[bold]sale[/] \x1b[31mred\x1b[0m \x1b]0;x\x07\u202e\x9b1m\nNext:\u2028now"
    rows = [{"campaign_name": name, "spend": 1}]

    lines = table(rows, caption="acme\nforged\x1b[1m", legend=["a\nb"])

    assert len(lines) == 5
    assert lines[0] == "acme forged · EUR"
    assert lines[3].startswith("[bold]sale[/] red 1m Next: now  ")


def test_column_names_and_action_types_are_as_harmless(table):
    rows = [{"actions": {"\x1b[31m\nlead": 1}, "x\x1b\n": "y"}]

    lines = table(rows)

    assert len(lines) == 3
    assert "\x1b" not in "".join(lines)


def test_without_color_there_is_no_escape_sequence(table):
    lines = table([{"name": "a"}], caption="acme", row_style=lambda _: "dim")

    assert "\x1b" not in "".join(lines)


def test_an_inactive_account_is_dim_and_the_chosen_one_has_a_star(table):
    rows = [
        {"id": "act_1", "name": "Main", "status": "active", "chosen": True},
        {"id": "act_2", "name": "Old", "status": "closed", "chosen": False},
    ]

    lines = table(
        rows,
        marker="chosen",
        color=True,
        row_style=lambda row: "dim" if row["status"] == "closed" else None,
    )

    assert [" ".join(line.split()) for line in lines] == [
        "\x1b[1m id name status\x1b[0m",
        "\x1b[2m─ ───── ──── ──────\x1b[0m",
        "* act_1 Main active",
        "\x1b[2m act_2 Old closed\x1b[0m",
    ]


def test_numbers_stand_at_the_right_and_texts_at_the_left(table):
    rows = [{"age": "18-24", "clicks": 5}, {"age": "65+", "clicks": 12345}]

    assert table(rows) == [
        "age    clicks",
        "─────  ──────",
        "18-24       5",
        "65+    12,345",
    ]


def test_wide_characters_keep_the_columns_in_line(table):
    rows = [{"name": "広告", "clicks": 5}, {"name": "Süße", "clicks": 6}]

    assert table(rows)[2:] == ["広告       5", "Süße       6"]


WIDTHS = [40, 60, 72, 80, 100, 120, 160, 200, 250]
UNBREAKABLE = re.compile(
    r"2026-11-1[67]|12,778\.21|1,450,467|12,107|0\.47|0\.033|61\.67|11|252\.56"
    r"|12021\d{12}|–"
)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_without_breaking_a_number_a_date_or_an_id(table, ad_rows, width):
    lines = table(ad_rows, width=width, caption="acme · Main Shop")

    assert max(map(text_len, lines)) <= width
    rule = next(line for line in lines if line.startswith("─"))
    for line in lines[lines.index(rule) + 1 :]:
        cells = re.split(r"\s{2,}", line)
        labels = [cell for cell in cells if not UNBREAKABLE.fullmatch(cell)]
        assert all(re.search("[A-Za-z]", label) for label in labels), line
        assert len(cells) == len(rule.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_every_column_is_shown_or_named_as_left_out(table, ad_rows, notices, width):
    lines = table(ad_rows, width=width, caption="acme")

    rule = next(number for number, line in enumerate(lines) if "──" in line)
    pieces = " ".join(lines[1:rule])
    left_out = re.findall(r"\w+", notices[0].split(":")[1]) if notices else []
    shown = set(ad_rows[0]) - {"date_start", "date_stop", *left_out}
    assert len(lines[rule].split()) == len(shown) + 1  # the date
    for name in shown:
        assert all(piece in pieces for piece in name.split("_")), name


def test_at_80_columns_ids_and_the_columns_at_the_right_are_left_out(
    table, ad_rows, notices
):
    table(ad_rows, width=80, caption="acme")

    assert " ".join(notices) == (
        "Left out at 80 columns: campaign_id, campaign_name, adset_id, ad_id, ctr,"
        " cpc, cpm, purchases, cost_per_purchase, roas. A wider terminal shows them."
    )


def test_ids_hide_before_anything_else(table, ad_rows, notices):
    table(ad_rows, width=200)

    assert "Left out at 200 columns: campaign_id, adset_id, ad_id. " in notices[0]


def test_an_id_without_a_name_and_a_lists_own_id_stay(table, notices):
    rows = [{"id": "act_1", "name": "N" * 50, "pixel_id": "123", "status": "x" * 50}]

    lines = table(rows, width=40)

    assert "act_1" in lines[-1]
    assert "123" in lines[-1]
    assert notices == ["Left out at 40 columns: status. A wider terminal shows them."]


def test_a_wide_terminal_shows_everything_in_full(table, ad_rows, notices):
    lines = table(ad_rows, width=None)

    assert notices == []
    assert not [line for line in lines if "…" in line]
    assert "cost_per_purchase (EUR)" in lines[0]


def test_names_are_shortened_so_that_they_still_differ(table, ad_rows):
    lines = table(ad_rows[:3], ["ad_name", *METRICS], width=80, caption="acme")

    names = [line.split("  ")[0] for line in lines if "…" in line]
    assert len(set(names)) == len(names) > 0
    assert names[0].startswith("2026-07_")
    assert names[0].endswith("v1")


def test_a_few_numbers_stay_longer_than_the_names_of_the_parents(table, ad_rows):
    lines = table(ad_rows, width=60)

    heading = " ".join(" ".join(lines[:2]).split())
    assert "ad_name" in heading
    assert "campaign_name" not in heading
    assert all(word in heading for word in ("spend", "impressions", "clicks"))


def test_a_list_loses_its_last_columns_first(table, notices):
    rows = [{"id": "act_1", "name": "N" * 30, "status": "closed", "zone": "E" * 30}]

    table(rows, width=26)

    assert notices == [
        "Left out at 26 columns: status, zone. A wider terminal shows them."
    ]


def test_a_heading_is_broken_at_underscores_only(table):
    rows = [{"cost_per_purchase": Decimal(1), "campaign_name": "N" * 40}]

    lines = table(rows, caption="x", width=40)

    assert [line.split()[0] for line in lines[1:4]] == ["cost_", "per_", "purchase"]


def test_a_number_is_whole_even_where_nothing_fits(table):
    assert table([{"spend": Decimal("1234567.89")}], width=5)[-1] == "1,234,567.89"


def test_action_lists_asked_for_are_shortened_around_their_numbers(table):
    actions = {"offsite_conversion.fb_pixel_purchase": 11, "link_click": 1210}
    rows = [{"campaign_name": "Sale", "actions": actions}]

    lines = table(rows, width=30)

    first, second = lines[-2:]
    assert first.split() == ["Sale", "link_click", "1,210"]
    assert second.split()[-1] == "11"
    assert "…" in second


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "a-client-id-of-letters-only"),
        ("id", "5f0c9a52-0b1e-4c55-9d0c-3a5b8c1d2e3f"),
        ("updated_time", "2026-11-16T09:00:00+0100"),
        ("expires", "2026-11-16 09:00:00"),
        ("account", "act_1234567890123456"),
    ],
)
def test_ids_and_times_are_whole_where_names_are_not(table, name, value):
    lines = table([{"name": "N" * 40, name: value}], width=len(value) + 14)

    assert lines[-1].endswith(f"  {value}")
    assert "…" in lines[-1]
