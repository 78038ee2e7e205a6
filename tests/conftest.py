"""What every test has: a clean environment, and nothing of this machine's."""

import os

import pytest

pytest_plugins = ["tests.stack.plugin"]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No setting, no proxy and no home of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith(("META_", "METACONNECT_", "SUPABASE_", "NEXT_PUBLIC_")):
            monkeypatch.delenv(name)
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("METACONNECT_HOME", str(tmp_path / "metaconnect"))
