"""Look into the files of a data folder."""

import json


def tokens_in(folder):
    """Return the secrets of the plain file, those that no row names included."""
    return list(json.loads((folder / "secrets.json").read_text()).values())
