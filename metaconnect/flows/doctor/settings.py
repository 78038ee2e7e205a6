"""The settings: what each is, and where it came from. Never a secret's value."""

from __future__ import annotations

from collections.abc import Iterator

from ...settings import NAMES, Settings
from ...settings.names import SECRET
from .finding import Finding, Program, fine, warning


async def check_settings(program: Program) -> list[Finding]:
    """Return a finding for each setting that a source has, used or not."""
    settings = program.settings
    found = [f for setting in NAMES for f in _used(settings, setting)]
    return [*found, *_withheld(settings), *_ignored(settings)]


async def check_store(program: Program) -> list[Finding]:
    """Say where connections are kept."""
    settings = program.settings
    if settings.store_kind == "supabase":
        return [fine("store", f"connections are kept in {settings.project_url}")]
    return [fine("store", f"connections are kept in {settings.folder}")]


def _used(settings: Settings, setting: str) -> Iterator[Finding]:
    value = getattr(settings, setting)
    if value is None:
        return
    # "@": a URL may hold a password, although it is refused when used.
    shown = "set" if setting in SECRET or "@" in value else value
    source = settings.sources.get(setting)
    yield fine(
        settings.name_of(setting),
        f"{shown} (from {source})" if source else f"{shown} (given in Python)",
    )


def _withheld(settings: Settings) -> Iterator[Finding]:
    for setting, source in settings.withheld.items():
        yield warning(source.name, settings.why_withheld(setting), "")


def _ignored(settings: Settings) -> Iterator[Finding]:
    for source in settings.ignored:
        yield warning(
            source.name,
            f"ignored in {source.path}, a file found in the working folder",
            "To use it, export it or name the file with --env-file.",
        )
