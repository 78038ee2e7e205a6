import pytest

from metaconnect.settings import load_settings


@pytest.fixture
def folder(tmp_path):
    """The working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path):
    """The data folder, which does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def load(folder, data):
    def load(environ=None, *, folder=folder, **options):
        environ = {"METACONNECT_HOME": str(data), **(environ or {})}
        return load_settings(environ, folder, **options)

    return load
