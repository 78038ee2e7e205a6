"""supabase-py, opened as a test needs it: no threads, no retries, no proxies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from supabase import Client

    from .project import Stack


@contextlib.contextmanager
def supabase_client(stack: Stack, key: str | None = None) -> Iterator[Client]:
    """A client with the publishable key, or *key*; nobody is signed in yet."""
    from supabase import Client, ClientOptions

    with httpx.Client(trust_env=False, verify=False, timeout=10) as http:
        options = ClientOptions(
            httpx_client=http, auto_refresh_token=False, postgrest_client_retry=False
        )
        yield Client(stack.url, key or stack.publishable_key, options)
