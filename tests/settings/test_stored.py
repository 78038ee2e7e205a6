"""What `init` put into the secret store: read last, and only where it is needed."""

import pytest

from metaconnect.errors import ConfigError, NoSecretStore
from metaconnect.settings import Trust, remember_stored

SECRET = "0123456789abcdef"


@pytest.fixture
def stored(data):
    remember_stored(data, "META_APP_SECRET")
    return {"META_APP_SECRET": SECRET}


@pytest.fixture
def read(stored):
    """Read *stored*, and count how often."""
    calls = []

    def read(settings):
        calls.append(settings.folder)
        return stored

    read.calls = calls
    return read


def test_it_is_read_where_nothing_else_has_it(load, read):
    settings = load(read_stored=read)

    assert settings.meta_app_secret == SECRET
    source = settings.sources["meta_app_secret"]
    assert (source.trust, str(source)) == (Trust.CONFIG, "the secret store")


@pytest.mark.parametrize("where", ["environment", "folder"])
def test_every_other_source_comes_first(load, read, folder, where):
    environ = {"META_APP_SECRET": "other"} if where == "environment" else {}
    if where == "folder":
        (folder / ".env").write_text("META_APP_SECRET=other")

    assert load(environ, read_stored=read).meta_app_secret == "other"
    assert read.calls == []


def test_the_store_is_not_opened_where_nothing_was_stored(load):
    def read(_settings):
        pytest.fail("was opened")

    assert load(read_stored=read).meta_app_secret is None


def test_only_what_was_noted_is_taken(load, stored):
    stored["SUPABASE_KEY"] = "sb_publishable_x"

    assert load(read_stored=lambda _: stored).supabase_key is None


def test_it_is_not_sent_to_a_project_that_a_found_file_names(load, data, folder):
    remember_stored(data, "SUPABASE_KEY")
    (folder / ".env").write_text("SUPABASE_URL=https://other.example")

    settings = load(read_stored=lambda _: {"SUPABASE_KEY": "sb_publishable_x"})

    assert settings.supabase_key is None
    assert "supabase_key" in settings.withheld


def test_a_store_that_cannot_be_opened_is_said_where_the_setting_is_missed(
    load, stored
):
    def locked(_settings):
        raise NoSecretStore("The keyring is locked.")

    settings = load({"META_APP_ID": "1"}, read_stored=locked)

    with pytest.raises(ConfigError, match="META_APP_SECRET") as caught:
        _ = settings.meta_app
    assert "The keyring is locked." in caught.value.hint


@pytest.mark.parametrize("noted", ['"META_APP_SECRET"', "[[1], null]", "{}"])
def test_a_note_that_is_not_ours_is_no_failure(load, data, noted):
    data.mkdir(mode=0o700)
    (data / "config.json").write_text(f'{{"stored_secrets": {noted}}}')

    assert load(read_stored=lambda _: pytest.fail("opened")).meta_app_secret is None
