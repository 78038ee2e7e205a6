"""Whether rows agree with the account's, and what explains it if not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from metaconnect.constants import Level
from metaconnect.insights.audit import Evidence, dated, findings, lacks_objects
from metaconnect.insights.audit_text import sentence
from metaconnect.insights.findings import Cause, Finding, Verdict
from metaconnect.insights.gaps import Gap, gaps

SALE = "omni_purchase"


def row(spend, sales=None, *, impressions=0, reach=None, day="2026-11-02", **texts):
    actions = {} if sales is None else {SALE: sales}
    return {
        "date_start": day,
        "date_stop": day,
        **texts,
        "spend": Decimal(spend),
        "impressions": impressions,
        "actions": actions,
        "reach": reach,
    }


def ad(number, spend, sales=None, *, campaign=1, setting="7d_click", **numbers):
    texts = {
        "campaign_id": f"{campaign}",
        "campaign_name": f"Campaign {campaign}",
        "adset_id": f"{campaign}0",
        "adset_name": f"Set {campaign}0",
        "ad_id": f"{number}",
        "ad_name": f"Ad {number}",
        "attribution_setting": setting,
    }
    return row(spend, sales, **texts, **numbers)


def campaign(number, spend, sales=None, **numbers):
    named = ad(0, spend, sales, campaign=number, **numbers)
    return {key: value for key, value in named.items() if not key.startswith("ad")}


def evidence(whole, *, days=None, ads=None, campaigns=None, by=None, gone=()):
    levels = {Level.campaign: campaigns, Level.ad: ads}
    return Evidence(
        whole=[whole],
        days=[whole] if days is None else days,
        levels={level: rows for level, rows in levels.items() if rows is not None},
        breakdowns=by or {},
        gone=gone,
    )


def found(*args, **rows):
    """Return the findings that are not an agreement."""
    return [each for each in findings(evidence(*args, **rows)) if each.gaps]


class TestWhatAgrees:
    def test_each_check_says_so(self):
        checked = findings(
            evidence(
                row("3.00", 2),
                days=[row("1.00"), row("2.00", 2, day="2026-11-03")],
                campaigns=[campaign(1, "3.00", 2)],
                ads=[ad(1, "1.00", 2), ad(2, "2.00")],
                by={"country": [row("3.00", 2, country="DE")]},
            )
        )

        assert [each.check for each in checked] == ["days", "campaign", "ad", "country"]
        assert {each.verdict for each in checked} == {Verdict.AGREES}

    def test_nothing_delivered_agrees(self):
        nothing = Evidence(whole=[], days=[], levels={Level.ad: []}, breakdowns={})

        assert {each.verdict for each in findings(nothing)} == {Verdict.AGREES}

    def test_an_action_type_that_stands_twice_is_compared_too(self):
        twice = [{"action_type": SALE, "value": 2}, {"action_type": SALE, "value": 2}]

        same = gaps([row("1", twice)], [row("1", twice)])
        assert same == ((), ())
        (gap,) = gaps([row("1", twice)], [row("1", twice[:1])]).beyond
        assert (gap.metric, gap.missing) == (f"actions:{SALE}", 2)


class TestRounding:
    def test_money_may_differ_by_half_of_the_last_digit_of_each_number(self):
        days = [row("1.00"), row("2.00")]

        (finding,) = found(row("3.01"), days=days)
        assert (finding.cause, finding.missing) == (
            Cause.ROUNDING,
            {"spend": Decimal("0.01")},
        )
        assert sentence(finding, "EUR") == (
            "The days differ by 0.01 EUR of spend: no more than the rounding of each "
            "row."
        )
        (finding,) = found(row("3.02"), days=days)
        assert finding.verdict is Verdict.UNEXPLAINED

    def test_a_count_may_not(self):
        days = [row("1.00", impressions=500), row("2.00", impressions=500)]

        (finding,) = found(row("3.00", impressions=1001), days=days)
        assert finding.verdict is Verdict.UNEXPLAINED
        assert finding.missing == {"impressions": 1}

    def test_a_currency_without_decimals_is_rounded_to_its_unit(self):
        (finding,) = found(row("4201"), days=[row("2100"), row("2100")])

        assert finding.cause is Cause.ROUNDING


class TestDeletedObjects:
    def test_they_explain_what_levels_lack_and_are_named(self):
        gone = [ad(2, "2.00", 1), ad(3, "4.00", 2, campaign=2)]
        ads, campaign_and_ad = [ad(1, "1.00", 5)], [campaign(1, "3.00", 6)]
        case = {"ads": ads, "campaigns": campaign_and_ad, "gone": gone}

        of_campaigns, of_ads = found(row("7.00", 8), **case)
        assert of_campaigns.cause is of_ads.cause is Cause.DELETED_OBJECTS
        assert of_campaigns.missing == {"spend": Decimal("4.00"), f"actions:{SALE}": 2}
        assert [part.name for part in of_campaigns.parts] == ["Campaign 2"]
        assert [(p.name, p.spend) for p in of_ads.parts] == [
            ("Ad 3", Decimal("4.00")),
            ("Ad 2", Decimal("2.00")),
        ]

    def test_what_they_do_not_have_stays_unexplained(self):
        rows = {"ads": [ad(1, "1.00")], "gone": [ad(2, "2.00")]}

        explained, unexplained = found(row("5.00"), **rows)
        assert explained.missing == {"spend": Decimal("2.00")}
        assert unexplained.missing == {"spend": Decimal("2.00")}
        assert unexplained.verdict is Verdict.UNEXPLAINED

    def test_one_that_has_a_row_already_counts_once(self):
        rows = {"ads": [ad(1, "1.00"), ad(2, "2.00")], "gone": [ad(2, "2.00")]}

        (finding,) = found(row("5.00"), **rows)
        assert finding.verdict is Verdict.UNEXPLAINED
        assert finding.missing == {"spend": Decimal("2.00")}

    def test_they_are_asked_for_only_where_something_is_missing(self):
        assert lacks_objects(evidence(row("3.00"), ads=[ad(1, "1.00")]))
        assert not lacks_objects(evidence(row("3.00"), ads=[ad(1, "3.00")]))
        assert not lacks_objects(evidence(row("3.00"), ads=[ad(1, "4.00")]))


class TestResults:
    def test_there_per_ad_and_absent_per_account(self):
        (finding,) = found(row("3.00"), ads=[ad(1, "3.00", 2)])

        assert finding.verdict is Verdict.UNEXPLAINED
        assert finding.gaps == (
            Gap(metric=f"actions:{SALE}", whole=None, rows=2, missing=-2),
        )
        assert sentence(finding) == (
            f"The ads have 2 {SALE} that the account has not: nothing explains it."
        )

    def test_several_attribution_settings_explain_it(self):
        ads = [ad(1, "1.00", 2), ad(2, "2.00", 1, setting="1d_click")]

        (finding,) = found(row("3.00"), ads=ads)
        assert finding.cause is Cause.ATTRIBUTION_SETTINGS
        # The account has the number: nothing was left out there.
        (finding,) = found(row("3.00", 2), ads=ads)
        assert finding.verdict is Verdict.UNEXPLAINED

    def test_there_per_account_and_absent_per_ad(self):
        (finding,) = found(row("3.00", 4), ads=[ad(1, "3.00")])

        assert finding.gaps == (
            Gap(metric=f"actions:{SALE}", whole=4, rows=None, missing=4),
        )

    def test_what_is_missing_and_what_is_too_much_are_two_findings(self):
        missing, surplus = found(row("5.00", 1), ads=[ad(1, "3.00", 2)])

        assert missing.missing == {"spend": Decimal("2.00")}
        assert surplus.missing == {f"actions:{SALE}": -1}


class TestBreakdowns:
    @pytest.mark.parametrize(
        ("names", "rows", "cause"),
        [
            ("country", [row("1.00", 2)], None),
            ("country", [], None),
            ("impression_device,publisher_platform", [], Cause.OPT_IN),
            ("impression_device", [row("1.00", 2)], None),
            ("product_id", [row("1.00", 2)], Cause.SOME_ADS),
            ("image_asset", [row("1.00", 2)], Cause.SOME_ADS),
            ("product_id", [row("9.00", 2)], None),
            ("region", [row("3.00", 1)], Cause.OFF_META_RESULTS),
            ("region", [row("1.00", 2)], None),
            ("age,gender", [row("3.00", 1)], None),
        ],
    )
    def test_what_explains_that_they_lack_something(self, names, rows, cause):
        (finding,) = found(row("3.00", 2), by={names: rows})

        assert finding.check == names
        assert finding.cause is cause

    def test_results_are_estimates_of_half_a_one_each_row(self):
        rows = [row("1.00", 2), row("2.00", 3)]

        for sales, cause in ((4, Cause.ESTIMATED), (6, Cause.ESTIMATED), (7, None)):
            (finding,) = found(row("3.00", sales), by={"country": rows})
            assert finding.cause is cause
        # With money rows are missing, and their results with it.
        (finding,) = found(row("9.00", 6), by={"country": rows})
        assert finding.verdict is Verdict.UNEXPLAINED

    def test_what_is_done_on_meta_has_no_excuse(self):
        whole, part = row("3.00"), row("3.00")
        whole["actions"] = {"link_click": 5}

        (finding,) = found(whole, by={"region": [part]})
        assert finding.verdict is Verdict.UNEXPLAINED


class TestDays:
    WHOLE = (row("1.00", day="2026-11-01"), row("2.00"), row("3.00", day="2026-11-03"))
    MISSING = Finding(
        check="country", gaps=(Gap(metric="spend", missing=Decimal("3.00")),)
    )

    def test_those_without_rows_are_told_from_those_with_too_little(self):
        rows = [row("1.00", day="2026-11-01"), row("1.00")]

        finding = dated(self.MISSING, self.WHOLE, rows, None)
        assert finding.days == (date(2026, 11, 2), date(2026, 11, 3))
        assert finding.empty_days == (date(2026, 11, 3),)
        assert sentence(finding, "EUR") == (
            "The rows by country lack 3.00 EUR of spend on 2026-11-02 and 2026-11-03, "
            "without a row on 2026-11-03: nothing explains it."
        )

    def test_today_explains_what_is_missing_today_alone(self):
        today = date(2026, 11, 3)

        finding = dated(self.MISSING, self.WHOLE, self.WHOLE[:2], today)
        assert finding.cause is Cause.TODAY
        finding = dated(self.MISSING, self.WHOLE, self.WHOLE[:1], today)
        assert finding.cause is None

    def test_a_day_on_which_something_else_is_missing_is_none(self):
        rows = [row("1.00", 7, day="2026-11-01"), *self.WHOLE[1:2]]

        finding = dated(self.MISSING, self.WHOLE, rows, None)
        assert finding.days == (date(2026, 11, 3),)


def test_reach_is_never_a_fault():
    whole = row("3.00", reach=10)
    days = [row("1.00", reach=7), row("2.00", reach=8, day="2026-11-03")]

    (finding,) = found(whole, days=days, ads=[ad(1, "3.00", reach=9)])
    assert (finding.check, finding.cause) == ("reach", Cause.COUNTED_ONCE)
    assert finding.missing == {"reach:days": -5, "reach:ad": 1}
    assert sentence(finding) == (
        "Reach is 10; summed it would be 15 for days, 9 for ads: whoever was reached "
        "twice is one person."
    )


def test_money_that_ads_lack_is_located_by_campaign():
    (finding,) = found(
        row("7.00"),
        campaigns=[campaign(1, "3.00"), campaign(2, "4.00")],
        ads=[ad(1, "3.00"), ad(2, "1.00", campaign=2)],
    )

    assert [(p.name, p.spend) for p in finding.parts] == [("Campaign 2", Decimal(3))]
    assert sentence(finding, "EUR").endswith("It is missing in Campaign 2 (3.00 EUR).")


def test_a_sentence_names_money_and_sales_first():
    whole = row("9.00", 4, impressions=70)
    whole["actions"] |= {"purchase": 4, "link_click": 9, "post": 1}

    (finding,) = found(whole, days=[row("1.00")])
    assert sentence(finding, "EUR") == (
        "The days lack 8.00 EUR of spend, 4 omni_purchase, 70 impressions and 3 more "
        "metrics: nothing explains it."
    )
    fewer = replace(finding, gaps=finding.gaps[:1])
    assert sentence(fewer) == "The days lack 8.00 of spend: nothing explains it."
