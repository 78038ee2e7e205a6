"""A project that only a file in the working folder names is allowed once."""

import json
import stat

import pytest

from metaconnect.errors import UntrustedProject
from metaconnect.settings import (
    allow_project,
    is_project_allowed,
    remember,
    require_allowed_project,
)

URL = "https://project.example"


@pytest.fixture
def cloned(load, folder):
    def cloned(url=URL):
        (folder / ".env").write_text(f"SUPABASE_URL={url}\nSUPABASE_KEY=sb_p\n")
        return load()

    return cloned


def test_it_needs_leave_and_says_how_to_give_it(cloned, folder):
    settings = cloned()

    assert settings.project_needs_leave == folder / ".env"
    assert not is_project_allowed(settings)
    with pytest.raises(UntrustedProject, match=URL) as failure:
        require_allowed_project(settings)
    assert failure.value.exit_code == 3
    assert "metaconnect login --trust-project" in failure.value.hint
    assert f"--env-file {folder / '.env'}" in failure.value.hint


def test_leave_is_remembered_for_the_folder_and_the_url(cloned, load, folder):
    remember(load().folder, "METACONNECT_CLIENT", "kept")
    allow_project(cloned())

    require_allowed_project(cloned())
    require_allowed_project(cloned(URL + "/"))  # the same URL
    assert not is_project_allowed(cloned("https://other.example"))
    (folder / "other").mkdir()
    (folder / "other" / ".env").write_text(f"SUPABASE_URL={URL}\n")
    assert not is_project_allowed(load(folder=folder / "other"))
    assert load().client == "kept"


def test_both_of_two_projects_are_remembered(cloned):
    allow_project(cloned())
    allow_project(cloned("https://other.example"))

    assert is_project_allowed(cloned())
    assert is_project_allowed(cloned("https://other.example"))


def test_a_file_of_the_folder_cannot_allow_itself(cloned, load, folder):
    cloned()
    with (folder / ".env").open("a") as file:
        file.write(f"METACONNECT_HOME={folder}\nMETACONNECT_TRUST_PROJECT=1\n")
    leave = {"allowed_projects": {str(folder): [URL]}}
    (folder / "config.json").write_text(json.dumps(leave))

    assert not is_project_allowed(load())


@pytest.mark.parametrize("place", ["environment", "named file"])
def test_a_project_from_elsewhere_needs_no_leave(load, folder, place):
    path = folder / "named"
    path.write_text(f"SUPABASE_URL={URL}\n")
    if place == "environment":
        settings = load({"SUPABASE_URL": URL})
    else:
        settings = load(env_file=path)

    assert settings.project_needs_leave is None
    require_allowed_project(settings)


@pytest.mark.parametrize("kept", ["[]", '{"FOLDER": "https://project.example"}'])
def test_leave_of_another_form_is_none(cloned, data, folder, kept):
    data.mkdir(mode=0o700)
    kept = kept.replace("FOLDER", str(folder))
    (data / "config.json").write_text('{"allowed_projects": ' + kept + "}")

    assert not is_project_allowed(cloned())
    allow_project(cloned())
    assert is_project_allowed(cloned())


def test_leave_is_kept_in_a_private_file(cloned, data):
    allow_project(cloned())

    assert stat.S_IMODE((data / "config.json").stat().st_mode) == 0o600
