"""The world of `world.py`, in a clean project."""

import httpx
import pytest

from .world import create_world


@pytest.fixture
def world(stack):
    url = f"{stack.url}/rest/v1/"
    with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=10) as http:
        yield create_world(stack, http)
