"""What `init` says that the App Dashboard must have."""

import pytest

from metaconnect.cli.set_up import what_to_enter_at_meta
from metaconnect.settings import Settings


@pytest.mark.parametrize(
    ("uri", "needs_entry"),
    [
        ("http://localhost:8765/callback", False),
        ("https://localhost:8765/callback", True),
        ("https://dash.example/callback", True),
    ],
)
def test_only_http_on_localhost_needs_no_entry(uri, needs_entry):
    said = what_to_enter_at_meta(Settings(meta_app_id="1", redirect_uri=uri))

    assert (f"letter for letter:  {uri}" in said) == needs_entry
    assert (f"{uri} needs no entry" in said) != needs_entry
