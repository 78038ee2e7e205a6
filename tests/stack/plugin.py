"""Fixtures and options of the stack: `pytest_plugins = ["tests.stack.plugin"]`."""

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgrest",
        choices=("subset", "real"),
        default="subset",
        help=f"which PostgREST serves the database; real: first {postgrest.INSTALL}",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave to the real PostgREST what only that can be asked."""
    if config.getoption("--postgrest") == "real":
        return
    left = [
        i for i in items if "needs_real_postgrest" in getattr(i, "fixturenames", ())
    ]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def is_real_postgrest(request: pytest.FixtureRequest) -> bool:
    if request.config.getoption("--postgrest") != "real":
        return False
    if not postgrest.binary().exists():
        pytest.skip(f"PostgREST is not there:  {postgrest.INSTALL}")
    return True


@pytest.fixture
def needs_real_postgrest(is_real_postgrest: bool) -> None:
    """For what the subset does not do, such as embedding."""


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
def _projects(postgres: Postgres, is_real_postgrest: bool) -> Iterator[MakeStack]:
    """Each shape of dashboard is served once in a run."""
    running: dict[Dashboard, Stack] = {}
    with contextlib.ExitStack() as stack:

        def find(dashboard: Dashboard) -> Stack:
            if dashboard not in running:
                served = project(postgres, dashboard, real=is_real_postgrest)
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
