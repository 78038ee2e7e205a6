"""Markdown, Parquet and Excel: what another program finds in them."""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from metaconnect.constants import FieldKind, Format
from metaconnect.errors import UsageError
from metaconnect.models import Column
from metaconnect.output import xlsx
from metaconnect.output.base import open_sink, require_usable

from . import reading

NAMES = [
    "=1+1",
    "a|b",
    "a\nb\r\nc",
    "\x00\x1b[31m\x9b",
    "`<b>_x_</b>`",
    "_x0041_",
    "ü😀",
]
COLUMNS = [
    Column(name="date_start", kind=FieldKind.DATE),
    Column(name="campaign_id", kind=FieldKind.ID),
    Column(name="campaign_name"),
    Column(name="spend", kind=FieldKind.MONEY, unit="EUR"),
    Column(name="clicks", kind=FieldKind.COUNT),
    Column(name="roas", kind=FieldKind.RATIO),
    Column(name="actions", kind=FieldKind.ACTIONS),
    Column(name="action_values", kind=FieldKind.ACTION_VALUES),
    Column(name="results", kind=FieldKind.OBJECTS),
]
ROW = {
    "date_start": "2026-11-16",
    "campaign_id": "120210300000000001",
    "campaign_name": "Sale",
    "spend": Decimal("2778.10"),
    "clicks": 210,
    "roas": Decimal("0.466190"),
    "actions": {"link_click": 210, "lead": None},
    "action_values": {"lead": Decimal("9.50")},
    "results": [{"indicator": "lead", "value": Decimal("1.10")}],
}


def write(form, rows, columns=COLUMNS, **options):
    file = BytesIO()
    sink = open_sink(form, file, columns, **options)
    sink.write(rows)
    sink.close()
    return file.getvalue()


def named(names):
    return [ROW | {"campaign_name": name} for name in names]


def test_markdown_has_metas_digits_and_numbers_at_the_right():
    heading, rule, line = write(Format.markdown, [ROW]).decode().splitlines()

    assert heading.startswith("| date_start | campaign_id | campaign_name | spend |")
    assert rule == "| --- | --- | --- | ---: | ---: | ---: | --- | --- | --- |"
    assert line.startswith("| 2026-11-16 | 120210300000000001 | Sale | 2778.10 | 210 |")
    assert line.endswith(r'| \[{"indicator":"lead","value":1.10}\] |')


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("a|b", r"a\|b"),
        ("a\nb", "a b"),
        ("`x`", r"\`x\`"),
        ("<img src=x>&amp;", r"\<img src=x\>\&amp;"),
        ("*a* _b_ ~~c~~ [d](e) $f$", r"\*a\* \_b\_ \~\~c\~\~ \[d\](e) \$f\$"),
        ("UGC_Video_1", "UGC_Video_1"),
        ("back\\", "back\\\\"),
    ],
)
def test_a_markdown_cell_is_text_whatever_is_in_it(name, cell):
    line = write(Format.markdown, named([name])).decode().splitlines()[-1]

    assert f" | {cell} | 2778.10 | " in line


def test_parquet_has_types_and_every_digit(tmp_path):
    types, rows = reading.parquet(write(Format.parquet, [ROW]), tmp_path)

    assert types == {
        "date_start": "DATE",
        "campaign_id": "VARCHAR",
        "campaign_name": "VARCHAR",
        "spend": "DECIMAL(38,6)",
        "clicks": "BIGINT",
        "roas": "DECIMAL(38,6)",
        "actions": "MAP(VARCHAR, BIGINT)",
        "action_values": "MAP(VARCHAR, DECIMAL(38,6))",
        "results": "VARCHAR",
    }
    results = '[{"indicator":"lead","value":1.10}]'
    day = date(2026, 11, 16)
    assert rows == [ROW | {"date_start": day, "results": results}]


def test_the_types_of_parquet_do_not_depend_on_the_rows(tmp_path):
    full, _rows = reading.parquet(write(Format.parquet, [ROW]), tmp_path)
    nothing = dict.fromkeys(ROW) | {"actions": {}}

    assert reading.parquet(write(Format.parquet, [nothing]), tmp_path)[0] == full
    assert reading.parquet(write(Format.parquet, []), tmp_path) == (full, [])


@pytest.mark.parametrize(
    ("kind", "values", "type_", "read"),
    [
        (FieldKind.COUNT, [1, Decimal("2.5")], "DECIMAL(38,6)", None),
        (FieldKind.COUNT, [10**18], "DECIMAL(38,6)", None),
        (FieldKind.COST, [Decimal("0.30792112345678901")], "DECIMAL(38,17)", None),
        (FieldKind.MONEY, [Decimal(10**37), Decimal(1)], "DECIMAL(38,0)", None),
        (FieldKind.MONEY, [Decimal(10**39), Decimal("1.10")], "VARCHAR",
         [str(10**39), "1.10"]),
        (FieldKind.MONEY, [Decimal("NaN"), Decimal("1E-7")], "DECIMAL(38,7)",
         [None, Decimal("1E-7")]),
        (FieldKind.UNKNOWN, [1, "a", {"b": Decimal("1.10")}, None], "VARCHAR",
         ["1", "a", '{"b":1.10}', None]),
        (FieldKind.TEXT, [True, None], "BOOLEAN", None),
        (FieldKind.DATE, ["2026-11-16", "soon"], "VARCHAR", None),
        (FieldKind.ACTIONS, [{"lead": {"value": 4, "1d_view": None}}, {}],
         "MAP(VARCHAR, MAP(VARCHAR, BIGINT))", None),
        (FieldKind.ACTIONS, [{"lead": [{"value": 1}]}, {"like": 2}], "VARCHAR",
         ['{"lead":[{"value":1}]}', '{"like":2}']),
        (FieldKind.ACTION_COSTS, [[{"value": Decimal("1.10")}]], "VARCHAR",
         ['[{"value":1.10}]']),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_make_the_type_wider(
    tmp_path, kind, values, type_, read
):
    column = Column(name="x", kind=kind)

    data = write(Format.parquet, [{"x": value} for value in values], [column])

    types, rows = reading.parquet(data, tmp_path)
    assert types == {"x": type_}
    assert [row["x"] for row in rows] == (values if read is None else read)


def test_a_column_of_parquet_may_have_any_name(tmp_path):
    names = ['na"me', "it's; DROP", "actions:a.b", "ü"]
    columns = [Column(name=name) for name in names]

    data = write(Format.parquet, [dict.fromkeys(names, "x")], columns)

    assert reading.parquet(data, tmp_path)[1] == [dict.fromkeys(names, "x")]


def test_excel_has_numbers_dates_and_ids():
    _names, row = reading.sheet(write(Format.xlsx, [ROW]))

    assert reading.day(row.pop("A")) == date(2026, 11, 16)
    assert list(row.values()) == [
        "120210300000000001",
        "Sale",
        Decimal("2778.10"),
        210,
        Decimal("0.466190"),
        '{"link_click":210,"lead":null}',
        '{"lead":9.50}',
        '[{"indicator":"lead","value":1.10}]',
    ]


@pytest.mark.parametrize(
    ("kind", "unit", "shown"),
    [
        (FieldKind.MONEY, "EUR", "#,##0.00 [$EUR]"),
        (FieldKind.MONEY, "JPY", "#,##0 [$JPY]"),
        (FieldKind.MONEY, '"]', "#,##0.00"),
        (FieldKind.COUNT, "", "#,##0"),
        (FieldKind.RATIO, "%", "#,##0.00####"),
        (FieldKind.ID, "", ""),
    ],
)
def test_excel_shows_numbers_for_their_kind(kind, unit, shown):
    assert xlsx.number_format(Column(name="x", kind=kind, unit=unit)) == shown


def test_a_number_that_excel_would_round_to_another_id_is_a_text():
    column = Column(name="x", kind=FieldKind.UNKNOWN)
    rows = [{"x": 120210300000000001}, {"x": Decimal("1E+400")}, {"x": None}]

    _names, first, second, *_ = reading.sheet(write(Format.xlsx, rows, [column]))

    assert first == {"A": "120210300000000001"}
    assert second["A"] == "1" + 400 * "0"


def test_a_text_too_long_for_a_cell_is_cut_and_said():
    notices = []

    data = write(Format.xlsx, named(["😀" * 20_000]), notice=notices.append)

    cell = reading.sheet(data)[1]["C"]
    assert cell == "😀" * 16_383 + "…"
    assert notices == ["1 cell was cut to 32,767 characters, the most that xlsx has."]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    file = BytesIO()
    sink = open_sink(Format.xlsx, file, COLUMNS)
    sink.write([ROW, ROW])

    with pytest.raises(UsageError, match="ends at 3 rows"):
        sink.write([ROW])
    assert file.getvalue() == b""


def test_names_of_any_kind_come_back(tmp_path):
    rows = named(NAMES)

    _types, found = reading.parquet(write(Format.parquet, rows), tmp_path)
    lines = reading.sheet(write(Format.xlsx, rows))[1:]

    assert [row["campaign_name"] for row in found] == NAMES
    plain = [re.sub(r"\r\n?", "\n", name) for name in NAMES]  # as XML reads them
    assert [re.sub(r"\r\n?", "\n", line["C"]) for line in lines] == plain
    cells = reading.markdown(write(Format.markdown, rows))[2:]
    assert {len(line) for line in cells} == {len(COLUMNS)}


@pytest.mark.parametrize("form", [Format.parquet, Format.xlsx])
def test_a_binary_format_is_not_for_a_terminal(form):
    with pytest.raises(UsageError, match=f"{form} is not for a terminal") as caught:
        open_sink(form, BytesIO(), COLUMNS, terminal=True)
    assert f"--output insights.{form}" in caught.value.hint


@pytest.mark.parametrize(
    ("form", "module", "extra"),
    [(Format.parquet, "duckdb", "duckdb"), (Format.xlsx, "xlsxwriter", "xlsx")],
)
def test_a_missing_extra_is_named(monkeypatch, form, module, extra):
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(UsageError) as caught:
        require_usable(form, terminal=False)
    assert f"pip install 'metaconnect[{extra}]'" in caught.value.hint


@pytest.mark.parametrize("form", [Format.parquet, Format.xlsx])
def test_nothing_is_left_on_disk(monkeypatch, tmp_path, form):
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(disk))

    write(form, [ROW])
    unfinished = open_sink(form, BytesIO(), COLUMNS)
    unfinished.write([ROW])
    (folder,) = disk.iterdir()
    assert os.name != "posix" or folder.stat().st_mode & 0o077 == 0
    del unfinished

    assert list(disk.iterdir()) == []
