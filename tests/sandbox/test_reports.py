"""Asynchronous report runs: start, poll, fetch, and every way to fail."""

import json

import pytest

from metaconnect.sandbox.accounts import SPECIAL
from metaconnect.sandbox.reports import ENDINGS

from .conftest import error

FIRST = "act_101000000000000"
ASKED = {
    "fields": '["campaign_name","spend","actions"]',
    "level": "campaign",
    "time_increment": "1",
    "time_range": '{"since":"2026-11-01","until":"2026-11-20"}',
}
DAY = {"since": "2026-11-20", "until": "2026-11-20"}


@pytest.fixture
def start(meta, token):
    """POST a query, and return the id of its run."""

    def start(account=FIRST, **params):
        form = {"access_token": token, **(params or ASKED)}
        response = meta.post(f"/v26.0/{account}/insights", data=form)
        assert response.is_success, response.text
        return response.json()["report_run_id"]

    return start


@pytest.fixture
def polls(get):
    """The status and percentage of a run, poll by poll."""

    def polls(run, count):
        found = [get(f"/{run}").json() for _ in range(count)]
        return [(p["async_status"], p["async_percent_completion"]) for p in found]

    return polls


def test_a_run_is_started_polled_and_fetched(get, start, polls, rows):
    run = start()
    assert polls(run, 2) == [("Job Running", 50), ("Job Completed", 100)]
    fetched = get(f"/{run}/insights", limit=500).json()["data"]
    assert len(fetched) == 60
    assert fetched == rows(FIRST, **ASKED)


def test_the_rows_come_in_pages(get, meta, start, polls):
    run = start()
    polls(run, 2)
    first = get(f"/{run}/insights", limit=40).json()
    assert len(first["data"]) == 40
    second = meta.get(first["paging"]["next"]).json()
    assert len(second["data"]) == 20
    assert "next" not in second["paging"]


def test_it_says_what_a_recorded_run_says(get, start):
    run = start()
    going = get(f"/{run}").json()
    assert going == {
        "id": run,
        "account_id": "101000000000000",
        "time_ref": 1795435200,
        "async_status": "Job Running",
        "async_percent_completion": 50,
        "is_running": True,
        "date_start": "2026-11-01",
        "date_stop": "2026-11-20",
    }
    done = get(f"/{run}").json()
    assert done["time_completed"] == 1795435200
    assert "is_running" not in done
    assert get(f"/{run}", fields="async_status").json() == {
        "async_status": "Job Completed",
        "id": run,
    }
    assert error(get(f"/{run}", fields="nothing")) == (100, None)


def test_too_early_is_2601(get, start):
    run = start()
    response = get(f"/{run}/insights")
    assert response.status_code == 400
    assert error(response) == (2601, 1815107)
    assert response.json()["error"]["is_transient"] is True


def test_more_polls_show_every_status(control, start, polls):
    control("switches", report_polls=4)
    assert polls(start(), 4) == [
        ("Job Started", 25),
        ("Job Running", 50),
        ("Job Running", 75),
        ("Job Completed", 100),
    ]


def test_the_clock_may_decide_instead_of_the_polls(control, get, start, polls):
    control("switches", report_seconds=10)
    run = start()
    assert polls(run, 3) == [("Job Not Started", 0)] * 3
    control("clock", advance=5)
    assert polls(run, 1) == [("Job Running", 50)]
    assert error(get(f"/{run}/insights")) == (2601, 1815107)
    control("clock", advance=5)
    assert get(f"/{run}/insights").is_success
    assert polls(run, 1) == [("Job Completed", 100)]


LAST = {
    "completed": ("Job Completed", 100),
    "completed-early": ("Job Completed", 100),
    "unknown-at-first": ("Job Completed", 100),
    "failed": ("Job Failed", 0),
    "failed-at-100": ("Job Failed", 100),
    "failed-silently": ("Job Failed", 0),
    "too-large": ("Job Failed", 0),
    "skipped": ("Job Skipped", 0),
    "not-started": ("Job Not Started", 0),
    "stalled": ("Job Running", 60),
    "running-at-100": ("Job Running", 100),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending(control, get, start, polls, ending):
    control("switches", report_endings=ending)
    run = start()
    for _ in range(2):
        get(f"/{run}")
    assert polls(run, 2) == [LAST[ending]] * 2
    fetched = get(f"/{run}/insights")
    assert fetched.is_success == (LAST[ending] == ("Job Completed", 100))
    if not fetched.is_success:
        assert error(fetched) == (2601, 1815107)


def test_a_failed_run_says_why(control, get, start, polls):
    control("switches", report_endings="failed,too-large,failed-silently")
    reasons = []
    for _ in range(3):
        run = start()
        polls(run, 2)
        said = get(f"/{run}").json()
        reasons.append((said.get("error_code"), said.get("error_subcode")))
    assert reasons == [(-2, 2490547), (-3, 1504045), (None, None)]


def test_completed_below_100_is_not_complete(control, get, start, polls):
    control("switches", report_endings="completed-early")
    run = start()
    assert polls(run, 1) == [("Job Completed", 50)]
    assert error(get(f"/{run}/insights")) == (2601, 1815107)
    assert polls(run, 1) == [("Job Completed", 100)]


def test_the_first_poll_may_come_too_soon(control, get, start):
    control("switches", report_endings="unknown-at-first")
    run = start()
    assert error(get(f"/{run}")) == (100, 33)
    assert get(f"/{run}").is_success


def test_endings_come_in_turn_for_each_query(control, start, polls):
    control("switches", report_endings="failed,completed", report_polls=1)
    other = {**ASKED, "level": "ad"}
    seen = [polls(start(FIRST, **asked), 1)[0][0] for asked in (ASKED, other) * 3]
    assert seen == ["Job Failed"] * 2 + ["Job Completed"] * 4


def test_a_run_is_checked_as_the_question_is(control, get, meta, token, start):
    def posted(account, **form):
        return meta.post(f"/{account}/insights", data=form)

    assert error(posted(FIRST)) == (104, None)
    assert error(posted("act_1", access_token=token)) == (100, 33)
    assert error(posted("act_101000000237570", access_token=token)) == (200, None)
    assert error(posted(FIRST, access_token=token, fields="roas")) == (100, None)
    failing = posted("act_900000000000190463", access_token=token)
    assert error(failing) == (190, 463)
    run = start()
    assert error(meta.get(f"/{run}")) == (104, None)
    control("switches", ticked="101000000007919")
    assert error(get(f"/{run}")) == (200, None)
    assert error(get("/1600000000009999")) == (100, 33)


def test_a_run_is_forgotten_after_30_days(control, get, sandbox, start):
    run = start()
    sandbox.issue_token()
    control("clock", advance=30 * 86400 + 1)
    assert error(get(f"/{run}")) == (100, 33)


def test_a_run_keeps_its_summary(get, start, polls):
    run = start(FIRST, **ASKED, default_summary="true")
    polls(run, 2)
    assert get(f"/{run}/insights").json()["summary"]["date_start"] == "2026-11-01"


def test_the_side_door_lists_the_endings(meta, control):
    listed = meta.get("/_sandbox/scenarios").json()["report_endings"]
    assert [each["ending"] for each in listed] == list(ENDINGS)
    refused = meta.post("/_sandbox/switches", json={"report_endings": "failed,never"})
    assert refused.status_code == 400
    assert "stalled" in refused.json()["error"]


@pytest.mark.parametrize(
    "account", [each for each in SPECIAL if "reports" in each], ids=lambda a: a["name"]
)
def test_the_special_accounts_need_a_run(get, start, polls, account):
    number = f"act_{account['account_id']}"
    asked = {"level": "ad", "time_range": json.dumps(DAY), "time_increment": "1"}
    assert error(get(f"/{number}/insights", **asked)) == (1, None)
    ended = [run_to_its_end(get, start(number, **asked)) for _ in range(2)]
    wanted = [LAST[name] for name in account["reports"]]
    assert ended == [wanted[0], wanted[-1]]


def run_to_its_end(get, run):
    for _ in range(3):
        said = get(f"/{run}").json()
    return said["async_status"], said["async_percent_completion"]
