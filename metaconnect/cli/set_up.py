"""The conversation of `metaconnect init`: what is asked, tried, and then stored."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from ..errors import ConfigError, MetaconnectError, Unavailable, UsageError
from ..flows.set_up import app_problem, project_problem, store_settings
from ..loopback import is_loopback
from ..settings import Settings, Source, Trust
from .prompts import ask, ask_unseen, confirm
from .report import notice
from .terminal import say

if TYPE_CHECKING:
    from ..flows.doctor.finding import Program
    from .context import CommandContext
    from .env_target import EnvTarget

FindProblem = Callable[["Program"], Awaitable[MetaconnectError | None]]
STORES = ("local", "supabase")


class Question(NamedTuple):
    """What is asked for a setting, and the option that answers it."""

    text: str
    option: str
    is_secret: bool = False
    digits: bool = False


QUESTIONS = {
    "meta_app_id": Question("Meta app id", "--app-id", digits=True),
    "meta_app_secret": Question("Meta app secret", "--secrets-stdin", is_secret=True),
    "supabase_url": Question("Supabase project URL", "--supabase-url"),
    "supabase_key": Question(
        "Supabase publishable key", "--secrets-stdin", is_secret=True
    ),
}


class SetUp:
    """
    One conversation. *given* are answers from options, by setting.

    What a source that comes before ours has is taken from there, and not asked.
    Ours are metaconnect's own stores, or the env file *target*.
    """

    def __init__(
        self,
        context: CommandContext,
        given: dict[str, str],
        *,
        secrets_on_stdin: bool,
        target: EnvTarget | None = None,
    ) -> None:
        self._context = context
        self._target = target
        self._given = given
        self._secrets_on_stdin = secrets_on_stdin
        self._settings = context.settings  # as they will be with the answers
        self.answers: dict[str, str] = {}

    async def run(self) -> Settings:
        """Ask, try and store; return the settings as they are then."""
        await self._agree_on(("meta_app_id", "meta_app_secret"), app_problem)
        self._agree_on_store()
        if self._settings.store_kind == "supabase":
            self._context.ask_for_leave()
            await self._agree_on(("supabase_url", "supabase_key"), project_problem)
        self._store()
        return self._settings

    async def _agree_on(self, settings: Sequence[str], find: FindProblem) -> None:
        """Take the *settings*, until what *find* returns lets them be."""
        while True:
            for setting in settings:
                self._take(setting)
            problem = await self._problem(find)
            if problem is None or self._is_accepted(problem, settings):
                return

    async def _problem(self, find: FindProblem) -> MetaconnectError | None:
        from ..api import AsyncMetaconnect

        async with AsyncMetaconnect(self._settings, notice=notice) as trial:
            return await find(trial.parts)

    def _is_accepted(self, problem: MetaconnectError, settings: Sequence[str]) -> bool:
        """Whether to go on all the same. Raises *problem* where nobody can be asked."""
        untried = isinstance(problem, Unavailable)
        if not self._context.interactive or all(map(self._is_fixed, settings)):
            if not untried:
                raise problem
            say(f"Not tried: {problem}")
            return True
        notice(f"{problem}\n{problem.hint}")
        return untried and confirm("That could not be tried. Keep it all the same?")

    def _take(self, setting: str) -> None:
        """Take the value of *setting*: fixed, given, or answered."""
        given = self._given.pop(setting, None)
        if self._is_fixed(setting):
            self._say_fixed(setting, given)
            return
        if setting == "supabase_key":
            self._refuse_key_elsewhere()
        value = given or self._answer(setting)
        if not value and self._target:
            value = getattr(self._settings, setting)  # it is to be in the file too
        if value:
            self._set(setting, value)

    def _refuse_key_elsewhere(self) -> None:
        """A stored key would not be sent to a project that a found file names."""
        file = self._settings.project_needs_leave
        if file and not self._is_ours("supabase_url"):
            raise ConfigError(
                f"{file} names the Supabase project, and no publishable key.",
                hint="Put NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY into the same file.",
            )

    def _set(self, setting: str, value: str) -> None:
        self.answers[setting] = value
        # Only settings that are texts are asked for.
        changed: Any = {setting: value}
        source = Source(Trust.OPTION, self._settings.name_of(setting))
        sources = {**self._settings.sources, setting: source}
        self._settings = replace(self._settings, **changed, sources=sources)

    def _answer(self, setting: str) -> str:
        """Return what the person answers; "" keeps the former value."""
        question, former = QUESTIONS[setting], getattr(self._settings, setting)
        if question.is_secret and self._secrets_on_stdin:
            return _line_of_stdin(question)
        if former and not self._context.interactive:
            return ""
        self._context.require_interactive(question.option)
        put = ask_unseen if question.is_secret else ask
        kept = "Enter keeps it" if question.is_secret else former
        text = f"{question.text} [{kept}]:" if former else f"{question.text}:"
        while True:
            answer = put(text, option=question.option).strip()
            if question.digits and answer and not answer.isdecimal():
                say("That is a number, at the top of the app's page in the dashboard.")
            elif answer or former:
                return answer

    def _agree_on_store(self) -> None:
        if self._is_fixed("store"):
            self._say_fixed("store", None)
            return
        usual = self._settings.store_kind
        chosen = self._context.options.store or ""
        while self._context.interactive and chosen not in STORES:
            text = f"Keep connections on this machine or in Supabase? [{usual}]"
            chosen = ask(f"{text} ({'/'.join(STORES)}):", option="--store") or usual
        self._set("store", chosen or usual)

    def _is_fixed(self, setting: str) -> bool:
        """Whether a source decides that comes before what is stored."""
        source = self._context.settings.sources.get(setting)
        if source is None or source.trust in (Trust.CONFIG, Trust.OPTION):
            return False
        return not self._is_ours(setting)

    def _is_ours(self, setting: str) -> bool:
        """Whether the env file has it that is written."""
        target = self._target
        return target is not None and target.holds(self._context.settings, setting)

    def _say_fixed(self, setting: str, given: str | None) -> None:
        name = self._settings.name_of(setting)
        source = self._settings.sources[setting]
        if given not in (None, getattr(self._settings, setting)):
            raise UsageError(
                f"{name} is set already, from {source}, and that comes first.",
                hint="Change it there.",
            )
        say(f"{name}: taken from {source}")

    def _store(self) -> None:
        from ..api import AsyncMetaconnect

        context = self._context
        if self._target:
            self._target.write(
                self.answers, context.settings, interactive=context.interactive
            )
            return
        meta = AsyncMetaconnect(self._settings, notice=notice)
        context.choose_secret_backend(meta)
        store_settings(self.answers, self._settings, meta.parts.secrets)
        say(f"Stored in {self._settings.folder}, secrets in the secret store.")


def _line_of_stdin(question: Question) -> str:
    if not (line := sys.stdin.readline().strip()):
        raise UsageError(f"No {question.text} was given on stdin.")
    return line


def what_to_enter_at_meta(settings: Settings) -> str:
    """Return what the App Dashboard must have, a line each."""
    uris = dict.fromkeys(settings.redirect_uri_for(paste=p) for p in (False, True))
    texts = (_LOOPBACK if _needs_no_entry(uri) else _LISTED for uri in uris)
    entries = "".join(
        text.format(uri=uri, host=urlsplit(uri).hostname)
        for text, uri in zip(texts, uris, strict=True)
    )
    return _DASHBOARD.format(app_id=settings.meta_app_id, entries=entries)


def _needs_no_entry(uri: str) -> bool:
    return is_loopback(uri) and urlsplit(uri).scheme == "http"


_DASHBOARD = """
In the App Dashboard, https://developers.facebook.com/apps/{app_id}:
  Use cases: the Marketing API.
  App roles: whoever connects, while the app is in Development mode.
{entries}  A Facebook Login for Business app also needs META_CONFIG_ID.
"""
_LOOPBACK = """\
  {uri} needs no entry in Development mode, and works in no other.
  A Live app needs an https address that it lists: set it as META_REDIRECT_URI,
  and use connect --paste; or list https://localhost:8765/callback, and use
  connect --https.
"""
_LISTED = """\
  Facebook Login > Settings: Client and Web OAuth login on, and among the
  Valid OAuth Redirect URIs, letter for letter:  {uri}
  App settings > Basic > App domains:  {host}
"""
