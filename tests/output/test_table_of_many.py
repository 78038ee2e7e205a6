"""A table of many clients: several currencies, and clients that failed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from metaconnect.output.base import Totals
from metaconnect.output.layout import text_len

from .conftest import DAY, NEXT_DAY

NAMES = ["client", "account_id", "date_start", "date_stop", "campaign_name",
         "account_currency", "spend", "impressions", "clicks"]  # fmt: skip
FAILED = {"client": "globex", "why": "type:  metaconnect connect --client globex"}


def of(client, currency, spend, day=DAY):
    return day | {
        "client": client,
        "account_id": "1234567890",
        "account_currency": currency,
        "campaign_name": "DE | Prospecting | Broad",
        "spend": Decimal(spend),
        "impressions": 1450467,
        "clicks": 12107,
    }


ROWS = [
    of("acme", "EUR", "1278.21"),
    of("acme", "EUR", "1300.20", NEXT_DAY),
    FAILED,
    of("tokyo", "JPY", "325998"),
    of("tokyo", "JPY", "125998", NEXT_DAY),
]


def by_currency(rows):
    """Return the totals, as one who never adds euros to yen."""
    found = {}
    for row in rows:
        found.setdefault(row["account_currency"], []).append(row["spend"])
    return [Totals(label=name, values={"spend": sum(s)}) for name, s in found.items()]


@pytest.fixture
def lines(table):
    def lines(rows, width, names=NAMES):
        return table(
            rows,
            names,
            width=width,
            currency=None,
            currency_key="account_currency",
            totals=by_currency,
            row_notice=lambda row: row.get("why"),
        )

    return lines


def test_each_currency_has_its_total_with_its_decimals(lines):
    *_, euros, yen = lines(ROWS, 120)

    assert euros.split() == ["total", "EUR", "2,578.41", "–", "–"]
    assert yen.split() == ["total", "JPY", "451,996", "–", "–"]


def test_money_has_the_decimals_of_its_rows_currency(lines):
    text = "\n".join(lines(ROWS, 120))

    assert "1,300.20" in text
    assert "325,998 " in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_client_that_failed_is_a_row_that_says_what_to_type(lines, width):
    found = lines(ROWS, width)

    (line,) = [line for line in found if line.startswith("globex")]
    assert line.split(maxsplit=1)[1] == FAILED["why"]
    assert max(map(text_len, found)) <= width
    assert "1,278.21" in "\n".join(found)  # the numbers outlast ids and currency


def test_a_notice_too_long_for_its_line_stands_below(lines):
    why = "Meta refused the request: the ad account was closed and cannot be read."

    found = lines([*ROWS, {"client": "initech", "why": why}], 60)

    place = found.index("initech")
    assert found[place + 1 : place + 3] == [
        "  Meta refused the request: the ad account was closed and",
        "  cannot be read.",
    ]


def test_where_every_client_failed_only_they_are_columns(lines, notices):
    found = lines([FAILED, FAILED | {"client": "initech"}], 60)

    assert found[0] == "client"
    assert found[2] == "globex   type:  metaconnect connect --client globex"
    assert notices == []


def test_a_notice_cannot_drive_the_terminal(lines):
    found = lines([{"client": "a", "why": "\x1b[2J\nb"}, *ROWS], 120)

    assert not any("\x1b" in line for line in found)
    assert found[2].startswith("a ")
