"""The static page: written once, over nothing of others."""

import pytest

from metaconnect.errors import UsageError
from metaconnect.oauth.bounce import bounce_page, write_bounce_page


def test_it_is_written_into_a_new_folder_and_again(tmp_path):
    folder = tmp_path / "public" / "meta"

    path = write_bounce_page(folder)
    assert path == write_bounce_page(folder) == folder / "index.html"
    assert path.read_text() == bounce_page()


def test_another_page_is_left_alone(tmp_path):
    other = tmp_path / "index.html"
    other.write_text("my own")

    with pytest.raises(UsageError, match="there already"):
        write_bounce_page(tmp_path)
    assert other.read_text() == "my own"


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_where_it_cannot_be_written_is_said(tmp_path, name):
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError):
        write_bounce_page(tmp_path / name)


def test_its_policy_allows_nothing_but_its_own():
    page = bounce_page()

    assert "default-src 'none'" in page
    assert "unsafe" not in page
    assert "http://" not in page
    assert "https://" not in page
