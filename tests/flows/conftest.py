"""The program against the sandbox over HTTP, without a process or a pause."""

import pytest
from msgspec.structs import replace

from metaconnect.api import AsyncMetaconnect
from metaconnect.graph.client import GraphClient
from metaconnect.graph.throttle import Throttle
from metaconnect.models import AccessToken, Connection
from metaconnect.settings import Settings

REDIRECT_URI = "http://localhost:8765/callback"
ALL = ["ads_read", "ads_management", "business_management"]


@pytest.fixture
def settings(meta, tmp_path):
    return Settings(
        meta_app_id=meta.app_id,
        meta_app_secret=meta.app_secret,
        graph_url=meta.url,
        dialog_url=meta.url,
        store="local",
        secrets="file",
        home=str(tmp_path / "data"),
    )


@pytest.fixture
def notices():
    return []


@pytest.fixture
async def program(settings, notices):
    async with make_program(settings, notices.append) as made:
        yield made


def make_program(settings, notice):
    """A program that does not really wait before it asks again."""

    async def no_sleep(_seconds):
        pass

    made = AsyncMetaconnect(settings, notice=notice)
    made.parts.graph = GraphClient(
        settings.meta_host,
        app=made.parts._app_if_known,
        http=made.parts.http,
        throttle=Throttle(sleep=no_sleep),
        notice=notice,
    )
    return made


@pytest.fixture
def flow(program):
    return program._connect_flow("acme")


@pytest.fixture
def code(meta):
    """Make an authorization code, as if the person had pressed Continue."""

    def make(granted=tuple(ALL), declined=(), config_id=""):
        meta.sandbox.grant(list(granted), list(declined))
        return meta.sandbox.issue_code(
            REDIRECT_URI, config_id=config_id, scopes=tuple(granted)
        )

    return make


@pytest.fixture
def connect(meta, program):
    """Store a connection, without a login."""

    def save(client_id="acme", *, token=None, expires_at=None, **facts):
        value = token or meta.sandbox.issue_token(scopes=tuple(ALL))
        connection = Connection(
            client_id=client_id,
            token=AccessToken(value=value, expires_at=expires_at),
            user_facebook_id="122100000000000001",
            ad_account_id="act_101000000000000",
            currency="EUR",
            timezone_name="Europe/Berlin",
            graph_url=meta.url,
            app_id=meta.app_id,
        )
        return program.parts.store.save(replace(connection, **facts))

    return save


def asked(meta, path=None):
    """Return the requests that the pretend Meta has had, for *path* if given."""
    requests = meta.sandbox.requests
    return [r for r in requests if path is None or r["path"].endswith(path)]
