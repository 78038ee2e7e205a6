"""A secret never goes to a destination from a less trusted source than its own."""

from itertools import product

import pytest

from metaconnect.errors import ConfigError
from metaconnect.settings import Trust, remember
from metaconnect.settings.names import DESTINATION, NAMES, NEVER_FROM_FOLDER

URL = "https://project.example"
EVIL = "https://evil.example"
PLACES = ("environment", "env_file", "config", ".env.local", ".env")
SECRETS = [s for s in DESTINATION if s != "meta_app_id"]


@pytest.fixture
def write(load, folder, data):
    """Load the settings after writing each to its place."""

    def write(*entries):
        environ, named = {}, folder / "named.env"
        for place, name, value in entries:
            if place == "environment":
                environ[name] = value
            elif place == "config":
                remember(data, name, value)
            else:
                path = named if place == "env_file" else folder / place
                with path.open("a") as file:
                    file.write(f"{name}={value}\n")
        return load(environ, env_file=named if named.exists() else None)

    return write


@pytest.mark.parametrize("setting", SECRETS)
@pytest.mark.parametrize(
    ("destination", "secret"),
    [(d, s) for d, s in product(PLACES, PLACES) if s != "config"],
)
def test_of_every_two_sources(write, setting, destination, secret):
    url, key = NAMES[DESTINATION[setting]][0], NAMES[setting][0]
    settings = write((destination, url, URL), (secret, key, "sesame"))
    url_source = settings.sources.get(DESTINATION[setting])

    if getattr(settings, setting) is None:
        return
    key_source = settings.sources[setting]
    assert url_source is None or key_source.trust <= url_source.trust
    if url_source and setting != "meta_app_secret":
        folders = {s.path for s in (url_source, key_source) if s.trust is Trust.FOLDER}
        assert not folders or url_source.path == key_source.path


@pytest.mark.parametrize("setting", SECRETS)
@pytest.mark.parametrize("place", [p for p in PLACES if p != "config"])
def test_of_one_source_both_are_used(write, setting, place):
    url, key = NAMES[DESTINATION[setting]][0], NAMES[setting][0]
    settings = write((place, url, URL), (place, key, "sesame"))

    assert getattr(settings, setting) == "sesame"


@pytest.mark.parametrize("setting", sorted(NEVER_FROM_FOLDER))
@pytest.mark.parametrize("place", [".env.local", ".env"])
def test_what_a_file_of_the_folder_may_not_set(write, folder, setting, place):
    name = NAMES[setting][0]
    settings = write((place, name, EVIL), ("environment", "METACONNECT_HOME", ""))

    assert getattr(settings, setting) != EVIL
    assert [(s.name, s.path) for s in settings.ignored] == [(name, folder / place)]


def test_what_the_environment_sets_anyway_is_not_mentioned(write):
    settings = write(
        (".env", "METACONNECT_SECRETS", "file"),
        ("environment", "METACONNECT_SECRETS", "keyring"),
    )
    assert settings.ignored == ()


def test_a_file_that_is_named_may_set_everything(write):
    settings = write(("env_file", "META_GRAPH_URL", URL))

    assert settings.meta_host.graph_url == URL
    assert settings.ignored == ()


def test_a_clone_gets_no_key_of_the_environment(write):
    """SUPABASE_URL of a cloned folder, with a service role that was exported."""
    settings = write(
        (".env", "SUPABASE_URL", EVIL),
        ("environment", "SUPABASE_KEY", "sb_publishable_mine"),
        ("environment", "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_mine"),
        ("environment", "METACONNECT_SERVICE_ROLE", "1"),
    )
    with pytest.raises(ConfigError, match="SUPABASE_SERVICE_ROLE_KEY") as failure:
        _ = settings.supabase
    assert "SUPABASE_SERVICE_ROLE_KEY from the environment is not used with " in (
        failure.value.hint
    )
    assert "mine" not in f"{failure.value} {failure.value.hint} {settings!r}"


def test_a_clone_gets_no_key_of_the_file_beside_it(write):
    settings = write(
        (".env", "SUPABASE_URL", EVIL),
        (".env.local", "SUPABASE_SERVICE_ROLE_KEY", "sb_secret_mine"),
    )
    assert settings.service_role_key is None


def test_the_files_own_key_is_used_where_the_environment_has_the_same_url(write):
    settings = write(
        (".env.local", "SUPABASE_URL", URL + "/"),
        (".env.local", "SUPABASE_KEY", "sb_publishable_1"),
        ("environment", "SUPABASE_URL", URL),
    )
    assert settings.supabase == (URL, "sb_publishable_1")
    assert settings.project_needs_leave is None


def test_the_secret_of_a_sandboxs_file_comes_before_an_exported_one(write):
    """`--env-file sandbox.env`, while a real app is in the environment."""
    settings = write(
        ("env_file", "META_GRAPH_URL", "http://localhost:8766"),
        ("env_file", "META_APP_ID", "1"),
        ("env_file", "META_APP_SECRET", "invented"),
        ("environment", "META_APP_ID", "2"),
        ("environment", "META_APP_SECRET", "real"),
    )
    app = settings.meta_app
    assert (app.app_id, app.app_secret) == ("1", "invented")


def test_an_exported_app_secret_goes_to_meta_with_an_app_id_of_the_folder(write):
    settings = write(
        (".env", "META_APP_ID", "1"), ("environment", "META_APP_SECRET", "s")
    )
    assert settings.meta_app.app_secret == "s"
    assert settings.meta_host.is_meta


def test_another_graph_host_is_not_metas(write):
    assert not write(("environment", "META_GRAPH_URL", URL)).meta_host.is_meta
