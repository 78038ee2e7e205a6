"""The loopback server that plays Meta is the one of tests/graph."""

from __future__ import annotations

from ..graph.conftest import (
    anyio_backend,
    app,
    client,
    graph,
    host,
    meta,
    notices,
    token,
    waits,
)

__all__ = [
    "anyio_backend",
    "app",
    "client",
    "graph",
    "host",
    "meta",
    "notices",
    "token",
    "waits",
]
