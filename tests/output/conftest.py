"""Rows that look like a real ad account's, and a way to write them."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest

from metaconnect.constants import FieldKind
from metaconnect.models import Column
from metaconnect.output.base import Format, TableOptions, open_sink

KINDS = {
    "spend": FieldKind.MONEY,
    "impressions": FieldKind.COUNT,
    "reach": FieldKind.UNIQUE_COUNT,
    "clicks": FieldKind.COUNT,
    "ctr": FieldKind.RATIO,
    "cpc": FieldKind.COST,
    "cpm": FieldKind.COST,
    "purchases": FieldKind.COUNT,
    "cost_per_purchase": FieldKind.COST,
    "roas": FieldKind.RATIO,
    "actions": FieldKind.ACTIONS,
    "action_values": FieldKind.ACTION_VALUES,
    "cost_per_action_type": FieldKind.ACTION_COSTS,
    "results": FieldKind.OBJECTS,
    "cost_per_result": FieldKind.OBJECTS,
}
METRICS = (
    "spend", "impressions", "clicks", "ctr", "cpc", "cpm", "purchases",
    "cost_per_purchase", "roas",
)  # fmt: skip
DAY = {"date_start": "2026-11-16", "date_stop": "2026-11-16"}
NEXT_DAY = {"date_start": "2026-11-17", "date_stop": "2026-11-17"}


def column(name, unit=""):
    return Column(name=name, kind=KINDS.get(name, FieldKind.TEXT), unit=unit)


def columns(*names):
    return [column(name) for name in names]


def written(form, rows, names=None, *, options=None, **more):
    """Return what a sink writes for pages of one row each."""
    file = BytesIO()
    names = list(rows[0]) if names is None else names
    sink = open_sink(form, file, columns(*names), table=options, **more)
    for row in rows:
        sink.write([row])
    sink.close()
    return file.getvalue()


@pytest.fixture
def notices():
    return []


@pytest.fixture
def table(notices):
    """Return the lines of a table of *rows*."""

    def lines(rows, names=None, *, currency="EUR", **options):
        options = TableOptions(currency=currency, notice=notices.append, **options)
        return written(Format.table, rows, names, options=options).decode().splitlines()

    return lines


@pytest.fixture
def ad_rows():
    """Return two days of three ads, with ids and names as long as real ones."""
    names = [
        ("DE | Prospecting | Broad | Advantage+ Shopping", "UGC_Video_Anna_v1"),
        ("DE | Retargeting | 30d visitors", "UGC_Video_Anna_v2"),
        ("AT | Brand – Süße Wochen 広告", "Static – 20% off"),
    ]
    return [
        day
        | {
            "campaign_id": f"1202103000000{place:04}",
            "campaign_name": campaign,
            "adset_id": f"1202103100000{place:04}",
            "adset_name": "Broad 25-54 | All placements",
            "ad_id": f"1202103200000{place:04}",
            "ad_name": f"2026-07_{ad}",
            "spend": Decimal("12778.21"),
            "impressions": 1450467,
            "clicks": 12107,
            "ctr": Decimal("0.466190"),
            "cpc": Decimal("0.0329571"),
            "cpm": Decimal("61.674954"),
            "purchases": 11,
            "cost_per_purchase": Decimal("252.56"),
            "roas": None,
        }
        for day in (DAY, NEXT_DAY)
        for place, (campaign, ad) in enumerate(names)
    ]
