"""A hundred clients with twelve ads each, whose answers are computed once."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from metaconnect.models import AccessToken, Connection
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .programs import Programs
from .servers import control, sandbox, served

CLIENTS = 100
DAYS = 90
# The ad accounts that the sandbox makes up beside its own.
_OWN, _FIRST = 31, 102000000000000


class Agency:
    """Where the clients' ad accounts are asked, through a `replay` of the sandbox."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        first = _FIRST + _OWN
        self.accounts = [f"act_{first + number}" for number in range(CLIENTS)]

    def requests(self) -> int:
        """Return how many requests there were since this was asked last."""
        return int(self._told("_requests"))

    def latency(self, milliseconds: int) -> None:
        self._told(f"_latency?ms={milliseconds}")

    def _told(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/{path}") as answer:
            return json.load(answer)

    def connect(self, programs: Programs) -> None:
        """Store each client's connection, and point everybody to the replay."""
        folder = Path(programs.env["METACONNECT_HOME"])
        store = LocalStore(folder, open_secret_store(folder, "file"))
        for number, account in enumerate(self.accounts):
            store.save(
                Connection(
                    client_id=f"client{number:03}",
                    token=AccessToken(value=self.token),
                    user_facebook_id="1",
                    ad_account_id=account,
                    currency="EUR",
                    timezone_name="Europe/Berlin",
                )
            )
        programs.env |= {"META_GRAPH_URL": self.url, "BENCHMARK_TOKEN": self.token}
        programs.env["BENCHMARK_ACCOUNTS"] = ",".join(self.accounts)


@contextmanager
def agency(programs: Programs) -> Iterator[Agency]:
    with sandbox() as behind:
        control(behind, "switches", ad_accounts=_OWN + CLIENTS)
        token = control(behind, "tokens")["access_token"]
        with served("tests.benchmarks.replay", behind) as url:
            found = Agency(url, token)
            found.connect(programs)
            yield found
