"""The loopback server that plays Meta, and its client, are those of tests/graph."""

from __future__ import annotations

from ..graph.conftest import *  # noqa: F403 - every fixture that there is
