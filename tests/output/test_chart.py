"""`--chart` and `--spark`: numbers as pictures, which drive no terminal."""

from __future__ import annotations

import re
import sys
from decimal import Decimal

import pytest

from metaconnect.constants import FieldKind
from metaconnect.errors import UsageError
from metaconnect.models import Column
from metaconnect.output.base import Format
from metaconnect.output.chart import chart, chart_column
from metaconnect.output.layout import text_len
from metaconnect.output.spark import spark_of

from .conftest import written

SPEND = Column(name="spend", kind=FieldKind.MONEY, unit="EUR")
PAINT = re.compile(r"\x1b\[([0-9;]*)m")


def row(day, spend, campaign="1", name="Sale"):
    return {
        "date_start": f"2026-11-{day:02}",
        "campaign_id": campaign,
        "campaign_name": name,
        "spend": spend if spend is None else Decimal(spend),
    }


def drawn(rows, column=SPEND, by=("campaign_id",), **options):
    return chart(rows, column, by, **{"width": 60} | options).splitlines()


WEEK = [row(day, 10 * day) for day in range(1, 8)]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("color", [False, True])
def test_a_chart_is_as_wide_as_the_terminal(width, color):
    rows = [row(day, 10, str(n), f"Campaign {n} " * 20)
            for day in range(1, 31) for n in range(7)]  # fmt: skip

    lines = [PAINT.sub("", line) for line in drawn(rows, width=width, color=color)]

    assert max(map(text_len, lines)) == width
    assert lines[-1] == "and 2 more, with smaller numbers"


def test_a_chart_has_the_unit_round_numbers_and_the_days():
    lines = drawn(WEEK)

    assert lines[0] == "spend (EUR)"
    ticks = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert ticks == ["80", "60", "40", "20", "0"]
    assert lines[-2].split() == ["11-01", "11-03", "11-05", "11-07"]
    assert lines[-1] == "━━ Sale"


def test_a_chart_without_colour_has_no_escape_and_with_it_no_background():
    rows = [*WEEK, *(row(day, 5, "2", "Brand") for day in range(1, 8))]

    plain = "\n".join(drawn(rows))
    styles = [
        found for line in drawn(rows, color=True) for found in PAINT.findall(line)
    ]

    assert "\x1b" not in plain
    assert {"a Sale", "b Brand"} <= set(plain.splitlines())
    assert styles
    assert not any(
        re.search(r"(^|;)(4\d|48|10\d)(;|$)", s) for s in styles if "38;" not in s
    )
    assert not any("48;" in style for style in styles)


def test_names_in_a_chart_cannot_drive_the_terminal():
    rows = [row(day, 10, name="\x1b[2J\nx") for day in (1, 2)]

    assert not any("\x1b" in line or "\n" in line for line in drawn(rows))


def test_a_day_without_a_row_is_zero_for_money_and_no_number_for_a_ratio():
    roas = Column(name="roas", kind=FieldKind.RATIO)
    rows = [row(1, 100), row(3, 100), row(2, 50, "2", "Brand")]
    ratios = [r | {"roas": Decimal(2)} for r in rows if r["campaign_id"] == "1"]

    assert sum("a" in line for line in drawn(rows)[1:-3]) > 5  # goes down to zero
    flat = [line for line in drawn(ratios, roas) if re.search("[⠁-⣿]", line)]
    assert len(flat) == 1


def test_negative_numbers_have_room():
    lines = drawn([row(1, "-50"), row(2, "50")])

    ticks = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert ticks[0] == "60"
    assert ticks[-1] == "-60"


@pytest.mark.parametrize("rows", [[], [row(1, 5)], [row(1, None), row(2, None)]])
def test_less_than_two_days_is_no_chart(rows):
    assert drawn(rows) == ["A chart needs rows of two days at least."]


def test_what_is_drawn_is_checked_before():
    columns = [SPEND, Column(name="name"), Column(name="a", kind=FieldKind.ACTIONS)]

    assert chart_column(columns, "spend") is SPEND
    with pytest.raises(UsageError, match="Did you mean spend"):
        chart_column(columns, "spent")
    for name in ("name", "a"):
        with pytest.raises(UsageError, match=f"draws a number, and {name} is none"):
            chart_column(columns, name)


def test_without_plotext_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotext", None)

    with pytest.raises(UsageError) as caught:
        chart_column([SPEND], "spend")
    assert "pip install 'metaconnect[chart]'" in caught.value.hint


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([None, 0], "▁▁"),
        ([0, 1, 2, 4, 8], "▁▂▃▅█"),
        ([Decimal("0.01"), Decimal(100)], "▂█"),
        ([5, 5], "██"),
        ([-5, 10], "▁█"),
        ([1] * 60, "█" * 30),
        ([2] * 31, "█" * 16),
    ],
)
def test_a_spark_begins_at_zero(values, line):
    assert spark_of(values) == line


def test_a_spark_can_do_without_blocks():
    assert spark_of([0, 1, 2, 4, 8], blocks=False) == "_.-+@"


def test_a_spark_is_never_shortened():
    names = ["campaign_name", "spend", "trend"]
    rows = [{"campaign_name": "N" * 60, "spend": 1, "trend": spark_of(range(30))}]

    text = written(Format.table, rows, names).decode()

    assert spark_of(range(30)) in text
