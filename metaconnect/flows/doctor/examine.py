"""All checks, side by side: none waits for another, and none stops another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator

from msgspec.structs import replace

from ...errors import MetaconnectError, Unavailable
from .connections import check_connections
from .finding import Finding, Program, Verdict, problem
from .machine import (
    check_browser,
    check_localhost,
    check_redirect_uri,
    check_secrets,
)
from .meta import check_meta
from .settings import check_settings, check_store
from .supabase import check_project, check_session, check_tables
from .ways import check_ways

LIMIT = 10.0  # seconds for each check
Check = Callable[[Program], Awaitable[list[Finding]]]

# A cause comes before what it also breaks: see `_each_cause_once`.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("settings", check_settings),
    ("store", check_store),
    ("redirect URI", check_redirect_uri),
    ("ways in", check_ways),
    ("localhost", check_localhost),
    ("browser", check_browser),
    ("secret store", check_secrets),
    ("Meta", check_meta),
    ("Supabase project", check_project),
    ("Supabase session", check_session),
    ("Supabase tables", check_tables),
    ("connections", check_connections),
)


async def doctor(program: Program, *, limit: float = LIMIT) -> list[Finding]:
    """
    Try everything that *program* needs, and return what was found.

    A check that has no answer after *limit* seconds is a problem of its own.
    """
    groups = await asyncio.gather(
        *(_examined(name, check, program, limit) for name, check in CHECKS)
    )
    found = (finding for group in groups for finding in group)
    return list(_each_cause_once(found))


async def _examined(
    name: str, check: Check, program: Program, limit: float
) -> list[Finding]:
    try:
        async with asyncio.timeout(limit):
            return await check(program)
    except MetaconnectError as error:
        return [problem(name, error)]
    except TimeoutError:
        return [problem(name, Unavailable(f"No answer within {limit:g} seconds."))]
    except Exception as exc:  # noqa: BLE001  the other findings are worth reading
        said = f"unexpected error: {type(exc).__name__}: {exc}"
        return [problem(name, MetaconnectError(said, hint="Report it."))]


def _each_cause_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield *findings*; what failed for a reason already told was not tested."""
    told: dict[str, str] = {}
    for finding in findings:
        if finding.verdict is not Verdict.problem:
            yield finding
        elif first := told.get(finding.found):
            yield replace(
                finding,
                verdict=Verdict.skipped,
                found=f"not tested: see {first}",
                mend="",
                exit_code=0,
            )
        else:
            told[finding.found] = finding.name
            yield finding
