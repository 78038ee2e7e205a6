"""Fixtures of the stack: `pytest_plugins = ["tests.stack.plugin"]`."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator

import pytest

from . import postgrest
from .dashboards import Dashboard
from .postgres import Postgres, PostgresMissing, server
from .project import Stack, project

MakeStack = Callable[..., Stack]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run."""
    with contextlib.ExitStack() as stack:
        try:
            running = stack.enter_context(server())
        except PostgresMissing as reason:
            pytest.skip(str(reason))
        yield running


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The superuser's DSN of a database of one's own, before any migration."""
    name = f"test_{uuid.uuid4().hex}"
    yield postgres.create(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def _projects(postgres: Postgres) -> Iterator[MakeStack]:
    """Each shape of dashboard is served once in a run."""
    try:
        postgrest.install()
    except postgrest.NotInstalled as reason:
        pytest.skip(str(reason))
    running: dict[Dashboard, Stack] = {}
    with contextlib.ExitStack() as stack:

        def find(dashboard: Dashboard) -> Stack:
            if dashboard not in running:
                served = project(postgres, dashboard)
                running[dashboard] = stack.enter_context(served)
            return running[dashboard]

        yield find


@pytest.fixture
def make_stack(_projects: MakeStack) -> MakeStack:
    """
    Make a clean project: `make_stack(id_type="bigint", minimal=True)`.

    With neither it has our tables alone, else the dashboard's own before them.
    """

    def make(id_type: str = "uuid", minimal: bool = False) -> Stack:
        stack = _projects(Dashboard(id_type=id_type, minimal=minimal))
        stack.clear()
        return stack

    return make


@pytest.fixture
def stack(make_stack: MakeStack) -> Stack:
    """A clean project with our own tables."""
    return make_stack()
