"""Meta's own SDK takes the sandbox for Meta."""

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookRequestError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* does not allow field roas"),
]


def account(api):
    return AdAccount("act_101000000000000", api=api)


def test_it_reads_every_page_of_the_ad_accounts(api, meta):
    fields = ["id", "name", "account_status", "currency"]
    accounts = list(User("me", api=api).get_ad_accounts(fields=fields))
    assert len(accounts) == 30
    assert accounts[0]["name"] == "Alpenglow Outdoor"
    assert accounts[1]["name"] == "Müller & Söhne GmbH"
    listed = meta.get("/_sandbox/requests").json()["requests"]
    assert [each["path"] for each in listed] == ["/v26.0/me/adaccounts"] * 2
    assert "appsecret_proof" in listed[0]["query"]


def test_it_reads_insights_over_several_pages(api):
    params = {
        "level": "campaign",
        "time_increment": 1,
        "time_range": {"since": "2026-11-01", "until": "2026-11-20"},
    }
    fields = ["campaign_name", "spend", "actions", "purchase_roas"]
    rows = list(account(api).get_insights(fields=fields, params=params))
    assert len(rows) == 3 * 20
    assert float(rows[0]["spend"]) > 0
    assert rows[0]["actions"][0]["action_type"] == "link_click"


def test_it_runs_a_report(api):
    params = {"level": "campaign", "time_increment": 1, "date_preset": "last_7d"}
    fields = ["campaign_name", "spend", "actions"]
    run = account(api).get_insights(fields=fields, params=params, is_async=True)
    statuses = [run.api_get()["async_status"] for _ in range(2)]
    assert statuses == ["Job Running", "Job Completed"]
    plain = account(api).get_insights(fields=fields, params=params)
    assert exported(run.get_insights()) == exported(plain)


def exported(rows):
    return [row.export_all_data() for row in rows]


def test_it_reads_one_account(api):
    node = account(api).api_get(fields=["name", "timezone_name"])
    assert node["timezone_name"] == "Europe/Berlin"


def test_it_understands_the_error_of_a_bad_field(api):
    with pytest.raises(FacebookRequestError) as caught:
        account(api).get_insights(fields=["spend", "roas"])
    assert caught.value.api_error_code() == 100
    assert caught.value.http_status() == 400
    assert "roas is not valid for fields param" in caught.value.api_error_message()


def test_it_understands_subcodes_and_transience(api):
    def fails(number):
        with pytest.raises(FacebookRequestError) as caught:
            AdAccount(f"act_{number}", api=api).get_insights()
        return caught.value

    assert fails("900000000000190463").api_error_subcode() == 463
    assert fails("900000800002446079").api_error_code() == 80000
    assert fails("900000000000000002").api_transient_error()
