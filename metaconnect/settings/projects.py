"""
Leave to use a Supabase project that only a file in the working folder names.

A repository that was cloned may bring such a file. A person allows each project
once, and the answer is kept in config.json by folder and URL.
"""

from __future__ import annotations

from shlex import quote

from ..errors import UntrustedProject
from .config_file import read_all, write_all
from .values import Settings

ALLOWED_PROJECTS = "allowed_projects"


def is_project_allowed(settings: Settings) -> bool:
    """Whether the project needs no leave, or a person gave it."""
    place = _place(settings)
    return place is None or place[1] in _allowed(settings).get(place[0], [])


def allow_project(settings: Settings) -> None:
    """Remember that a person trusts the project that the folder's file names."""
    place = _place(settings)
    if place is None or is_project_allowed(settings):
        return
    folder, url = place
    allowed = _allowed(settings)
    kept = {**allowed, folder: [*allowed.get(folder, []), url]}
    data = settings.folder
    write_all(data, {**read_all(data), ALLOWED_PROJECTS: kept})


def require_allowed_project(settings: Settings) -> None:
    """Raise UntrustedProject where a person has to allow the project first."""
    place, file = _place(settings), settings.project_needs_leave
    if place is None or is_project_allowed(settings):
        return
    raise UntrustedProject(
        f"The Supabase project {place[1]} is named only by {file}, a file found in "
        "the working folder. Nothing is sent to it before you allow it.",
        hint="If you trust the project, allow it once:  metaconnect login "
        "--trust-project\nWhere nobody logs in (service role), name the file:  "
        f"--env-file {quote(str(file))}",
    )


def _place(settings: Settings) -> tuple[str, str] | None:
    file = settings.project_needs_leave
    if file is None:
        return None
    return str(file.parent.resolve()), settings.project_url


def _allowed(settings: Settings) -> dict[str, list[str]]:
    kept = read_all(settings.folder).get(ALLOWED_PROJECTS)
    if not isinstance(kept, dict):
        return {}
    return {folder: urls for folder, urls in kept.items() if isinstance(urls, list)}
