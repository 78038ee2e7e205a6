"""The env file that `metaconnect init` writes answers into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..settings import NAMES, Settings, allow_project, working_folder
from ..settings.env_edit import env_text, values_in, with_values, write_env
from ..settings.env_files import candidates, nextjs_root
from .prompts import confirm
from .terminal import say

if TYPE_CHECKING:
    from .context import CommandContext
    from .options import GlobalOptions


class EnvTarget:
    """
    One env file, in the place of metaconnect's own stores.

    Raises ConfigError at once where it could not be written in the end.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self.path = path.absolute()
        self._force = force
        env_text(self.path)

    def holds(self, settings: Settings, setting: str) -> bool:
        """Whether the value of *setting* was read from this file."""
        source = settings.sources.get(setting)
        return source is not None and self._is(source.path)

    def write(
        self, answers: Mapping[str, str], settings: Settings, *, interactive: bool
    ) -> None:
        """Write *answers*, by setting; *settings* are those before them."""
        text = env_text(self.path)
        there = values_in(text)
        named = {self._name(settings, each): text for each, text in answers.items()}
        new = {name: value for name, value in named.items() if there.get(name) != value}
        changed = with_values(text, new)
        if (replaced := sorted(new.keys() & there.keys())) and not self._force:
            self._ask_to_replace(", ".join(replaced), interactive=interactive)
        write_env(self.path, changed)
        say(f"Stored in {self.path}, for you alone: keep it out of version control.")

    def options(self, options: GlobalOptions) -> GlobalOptions:
        """Return *options* with which later commands read the file."""
        if options.env_file is None and self.path in candidates(working_folder()):
            return options
        return options._replace(env_file=self.path)

    def allow_project(self, settings: Settings, answers: Mapping[str, str]) -> None:
        """Trust the project that a person has just named."""
        if "supabase_url" in answers and self._is(settings.project_needs_leave):
            allow_project(settings)

    def _is(self, path: Path | None) -> bool:
        return path is not None and path.absolute() == self.path

    def _name(self, settings: Settings, setting: str) -> str:
        if self.holds(settings, setting):
            return settings.name_of(setting)
        return NAMES[setting][0]

    def _ask_to_replace(self, names: str, *, interactive: bool) -> None:
        if not interactive:
            raise UsageError(
                f"{self.path} has another {names}.", hint="Replace it with --force."
            )
        if not confirm(f"Replace {names} in {self.path}?"):
            raise UsageError("Nothing was written.", hint="")


def offered(context: CommandContext) -> EnvTarget | None:
    """Return the .env.local of the Next.js project here, where the person wants it."""
    root = nextjs_root(working_folder())
    if root is None or not context.interactive or context.options.env_file:
        return None
    path = root / ".env.local"
    say(f"This is a Next.js project, which reads {path}.")
    wanted = confirm("Keep the answers there, and not in metaconnect's own stores?")
    return EnvTarget(path) if wanted else None
