"""What a check found, and the parts of the program that checks may use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from ...errors import MetaconnectError
from ...redact import redact

if TYPE_CHECKING:  # built by `parts`, each when a check asks for it
    from ...graph.client import GraphClient
    from ...models import MetaApp
    from ...settings import Settings
    from ...stores.base import ConnectionStore
    from ...stores.secrets import SecretStore
    from ...stores.supabase.project import SupabaseProject
    from ...stores.supabase.session import SessionManager


class Verdict(StrEnum):
    """Whether what was checked is in order; "skipped" where that is not known."""

    ok = "ok"
    warning = "warning"
    problem = "problem"
    skipped = "skipped"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """
    What one check found. `mend` is what to do about it, "" where that is nothing.

    `exit_code` is that of the error which the same thing would raise elsewhere,
    and 0 for all but a problem.
    """

    name: str
    verdict: Verdict
    found: str
    mend: str = ""
    exit_code: int = 0


class Program(Protocol):
    """The parts that are examined. Building one may raise a MetaconnectError."""

    @property
    def settings(self) -> Settings: ...
    @property
    def secrets(self) -> SecretStore: ...
    @property
    def store(self) -> ConnectionStore: ...
    @property
    def project(self) -> SupabaseProject: ...
    @property
    def sessions(self) -> SessionManager: ...
    @property
    def app(self) -> MetaApp: ...
    @property
    def graph(self) -> GraphClient: ...
    def now(self) -> datetime: ...


def fine(name: str, found: str) -> Finding:
    return Finding(name=name, verdict=Verdict.ok, found=redact(found))


def warning(name: str, found: str, mend: str) -> Finding:
    return Finding(name=name, verdict=Verdict.warning, found=redact(found), mend=mend)


def skipped(name: str, why: str, mend: str = "") -> Finding:
    return Finding(name=name, verdict=Verdict.skipped, found=why, mend=mend)


def problem(name: str, error: MetaconnectError) -> Finding:
    return Finding(
        name=name,
        verdict=Verdict.problem,
        found=redact(str(error)),
        mend=redact(error.hint),
        exit_code=error.exit_code,
    )


def exit_code_of(findings: Iterable[Finding]) -> int:
    """
    Return the exit code of what has to be mended first, 0 where nothing has.

    Settings come before logins, and logins before what may pass by itself: the
    order of the numbers.
    """
    return min((f.exit_code for f in findings if f.exit_code), default=0)
