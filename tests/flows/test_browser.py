"""Connecting from Python: the listener on localhost and the person's own browser."""

import re

import pytest
from msgspec.structs import replace

from metaconnect.blocking import Metaconnect
from metaconnect.errors import AuthorizationDenied, AuthorizationTimeout
from tests.cli.shell import browser


@pytest.fixture
def settings(settings, port):
    return replace(settings, redirect_uri=f"http://localhost:{port}/callback")


def test_a_person_logs_in(settings, notices, monkeypatch):
    monkeypatch.setenv("BROWSER", browser("continue"))

    with Metaconnect(settings, notice=notices.append) as meta:
        connection = meta.connect("acme", account="first", timeout=30)
        assert meta.connections() == [connection]
        assert meta.insights("acme", "yesterday")
        # Connected already: no browser opens.
        monkeypatch.setenv("BROWSER", browser("cancel"))
        assert meta.connect("acme") == connection

    told = [note for note in notices if "in the browser" in note]
    assert len(told) == 1
    assert "state=" not in told[0]
    assert re.search(r"http://localhost:\d+/\S*$", told[0])


def test_a_person_cancels(settings, monkeypatch):
    monkeypatch.setenv("BROWSER", browser("cancel"))

    with Metaconnect(settings) as meta:
        with pytest.raises(AuthorizationDenied) as caught:
            meta.connect("acme", timeout=30)
        assert meta.connections() == []
    assert "metaconnect connect --client acme" in caught.value.hint


def test_nobody_answers(settings, monkeypatch):
    monkeypatch.setenv("BROWSER", "true %s")

    with Metaconnect(settings) as meta, pytest.raises(AuthorizationTimeout):
        meta.connect("acme", timeout=0.1)
