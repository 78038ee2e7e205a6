"""config.json: what is read from it, and how it is written."""

import json
import os
import stat

import pytest

from metaconnect.errors import ConfigError
from metaconnect.settings import Trust, remember


@pytest.fixture
def write(data):
    def write(content):
        data.mkdir(mode=0o700)
        (data / "config.json").write_text(content)

    return write


def test_only_our_own_keys_are_read(load, write):
    write(
        json.dumps(
            {
                "META_GRAPH_URL": "https://proxy.example",
                "NEXT_PUBLIC_META_APP_ID": "1",
                "META_APP_SECRET": "s",
                "METACONNECT_HOME": "/elsewhere",
                "META_APP_ID": None,
                "METACONNECT_CLIENT": {"a": 1},
                "unknown": True,
            }
        )
    )
    assert set(load().sources) == {"home", "graph_url"}
    assert load().sources["graph_url"].trust is Trust.CONFIG
    assert load().sources["home"].trust is Trust.ENVIRONMENT


def test_a_key_that_is_not_known_is_kept_when_another_is_written(write, data):
    write('{"unknown": [1]}')
    remember(data, "METACONNECT_CLIENT", "acme")

    kept = json.loads((data / "config.json").read_text())
    assert kept == {"unknown": [1], "METACONNECT_CLIENT": "acme"}


@pytest.mark.parametrize("name", ["META_APP_SECRET", "METACONNECT_HOME", "OTHER"])
def test_nothing_else_is_remembered(data, name):
    with pytest.raises(ValueError, match=name):
        remember(data, name, "value")


@pytest.mark.parametrize(
    "content", ["[1", "[]", "5", '"x"', "[" * 5000, '{"a": ' * 5000, "\udc80"]
)
def test_a_damaged_file_is_named(load, data, content):
    data.mkdir(mode=0o700)
    (data / "config.json").write_bytes(content.encode(errors="surrogateescape"))

    with pytest.raises(ConfigError, match=r"config\.json cannot be read"):
        load()


def test_a_folder_in_its_place_is_named(load, data):
    (data / "config.json").mkdir(mode=0o700, parents=True)

    with pytest.raises(ConfigError, match=r"config\.json cannot be read"):
        load()
    with pytest.raises(ConfigError, match=r"config\.json cannot be"):
        remember(data, "METACONNECT_CLIENT", "acme")


def test_it_is_written_for_the_owner_alone(data):
    remember(data / "inner", "METACONNECT_CLIENT", "acme")

    for path in (data, data / "inner"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    (file,) = (data / "inner").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_symbolic_link_is_followed(data, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("{}")
    data.mkdir(mode=0o700)
    (data / "config.json").symlink_to(victim)
    (data / f"config.json.{os.getpid()}").symlink_to(victim)

    remember(data, "METACONNECT_CLIENT", "acme")
    assert victim.read_text() == "{}"
    assert not (data / "config.json").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="a mode says nothing there")
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_data_folder_that_others_can_write_to_is_refused(load, data, mode):
    data.mkdir()
    (data / "config.json").write_text('{"META_GRAPH_URL": "https://evil.example"}')
    data.chmod(mode)

    with pytest.raises(ConfigError, match="can write to the data folder") as failure:
        load()
    assert "chmod go-w" in failure.value.hint
    with pytest.raises(ConfigError, match="can write to the data folder"):
        remember(data, "METACONNECT_CLIENT", "acme")
