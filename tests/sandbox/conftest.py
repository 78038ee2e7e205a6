"""One pretend Meta for the folder, forgotten before each test; a fixed clock."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from metaconnect.sandbox import Sandbox
from metaconnect.sandbox.server import SandboxServer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CALLBACK = "http://localhost:8765/callback"
ALL = ("ads_read", "ads_management", "business_management")


@pytest.fixture(scope="session")
def running():
    with SandboxServer(sandbox=Sandbox(clock=lambda: NOON)) as server:
        yield server


@pytest.fixture
def server(running):
    running.sandbox.reset()
    return running


@pytest.fixture
def sandbox(server):
    return server.sandbox


@pytest.fixture(scope="session")
def client(running):
    with httpx.Client(base_url=running.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def meta(client, server):
    return client


@pytest.fixture
def token(sandbox):
    return sandbox.issue_token(scopes=ALL)


@pytest.fixture
def get(meta, token):
    """GET as the person who is logged in."""

    def get(path, /, **params):
        bearer = {"Authorization": f"Bearer {token}"}
        return meta.get(f"/v26.0{path}", params=params, headers=bearer)

    return get


@pytest.fixture
def control(meta):
    """POST to the side door."""

    def control(path, /, **body):
        response = meta.post(f"/_sandbox/{path}", json=body)
        assert response.is_success, response.text
        return response.json()

    return control


@pytest.fixture
def rows(get):
    """The rows of an ad account's Insights, all on one page."""

    def rows(account, **params):
        response = get(f"/{account}/insights", **{"limit": 500, **params})
        assert response.is_success, response.text
        return response.json()["data"]

    return rows


@pytest.fixture
def api(server, token, monkeypatch):
    """Meta's own SDK, with the sandbox for Meta."""
    monkeypatch.setattr(FacebookSession, "GRAPH", server.url)
    session = FacebookSession(server.app_id, server.app_secret, token)
    session.requests.trust_env = False
    yield FacebookAdsApi(session)
    session.requests.close()


class Dialog:
    """What a person does at the dialog."""

    def __init__(self, meta, app_id):
        self.meta = meta
        self.app_id = app_id

    def open(self, **changed):
        query = {
            "client_id": self.app_id,
            "redirect_uri": CALLBACK,
            "state": "STATE",
            "scope": ",".join(ALL),
            **changed,
        }
        query = {name: value for name, value in query.items() if value is not None}
        return self.meta.get("/v26.0/dialog/oauth", params=query)

    def press(self, page, button, *, untick=()):
        action = re.search(r'action="([^"]+)"', page.text)[1]
        handle = re.search(r'name="dialog" value="([^"]+)"', page.text)[1]
        ticked = [scope for scope in asked(page) if scope not in untick]
        form = {"dialog": handle, "answer": button, "scope": ticked}
        return self.meta.post(action, data=form)

    def code(self, **changed):
        return answer(self.press(self.open(**changed), "continue"))["code"]


@pytest.fixture
def dialog(meta, server):
    return Dialog(meta, server.app_id)


@pytest.fixture
def exchange(meta, server):
    """POST a code, or anything else, to the token endpoint."""

    def exchange(**changed):
        form = {
            "client_id": server.app_id,
            "client_secret": server.app_secret,
            "redirect_uri": CALLBACK,
            **changed,
        }
        form = {name: value for name, value in form.items() if value is not None}
        return meta.post("/v26.0/oauth/access_token", data=form)

    return exchange


@pytest.fixture
def debug(meta, server):
    """debug_token, with the app's own token."""

    def debug(token):
        app_token = f"{server.app_id}|{server.app_secret}"
        params = {"input_token": token, "access_token": app_token}
        return meta.get("/v26.0/debug_token", params=params)

    return debug


def asked(page):
    """The permissions that a consent page lets one untick."""
    ticked = re.findall(r'name="scope" value="(\w+)" checked>', page.text)
    assert "public_profile" not in ticked
    return ticked


def answer(response):
    """The authorization response that a redirect carries."""
    assert response.status_code == 302, response.text
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def error(response):
    """Code and subcode of an error envelope."""
    envelope = response.json()["error"]
    return envelope.get("code"), envelope.get("error_subcode")
