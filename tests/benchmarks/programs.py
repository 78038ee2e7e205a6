"""The programs that run: ours, the floors under it, and the peer beside it."""

import os
from pathlib import Path

from metaconnect.models import AccessToken, Connection
from metaconnect.stores.local import LocalStore
from metaconnect.stores.secrets import open_secret_store

from .measure import Command
from .servers import ROOT

# As pip writes a console script.
OURS = "import sys\nfrom metaconnect.__main__ import main\nsys.exit(main())\n"
THEIRS = "import sys\nfrom {module} import app\nsys.exit(app())\n"

ONE_GET = """
import os, sys
import httpx, typer
app = typer.Typer()
@app.command()
def get():
    token = os.environ["BENCHMARK_TOKEN"]
    with httpx.Client() as client:
        answer = client.get(
            os.environ["BENCHMARK_URL"], headers={"Authorization": f"Bearer {token}"}
        )
    sys.stdout.write(answer.raise_for_status().text)
"""

BARE = """
import json, os, sys
import httpx, typer
app = typer.Typer()
@app.command()
def get():
    url = f"{os.environ['META_GRAPH_URL']}/{os.environ['BENCHMARK_PATH']}"
    params = json.loads(os.environ["BENCHMARK_QUERY"])
    token = os.environ["BENCHMARK_TOKEN"]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        while True:
            page = client.get(url, params=params).raise_for_status().json()
            for row in page["data"]:
                sys.stdout.write(json.dumps(row) + "\\n")
            if "next" not in page["paging"]:
                break
            params["after"] = page["paging"]["cursors"]["after"]
"""

SDK = """
import json, os, sys
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
def app():
    FacebookSession.GRAPH = os.environ["META_GRAPH_URL"]
    session = FacebookSession(access_token=os.environ["BENCHMARK_TOKEN"])
    account = AdAccount(os.environ["BENCHMARK_ACCOUNT"], api=FacebookAdsApi(session))
    asked = json.loads(os.environ["BENCHMARK_QUERY"])
    fields = asked.pop("fields").split(",")
    for row in account.get_insights(fields=fields, params=asked):
        sys.stdout.write(json.dumps(row.export_all_data()) + "\\n")
"""


class Programs:
    """Programs in one folder, with one environment: nothing of this machine's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inherited = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        self.env = {name: os.environ[name] for name in inherited if name in os.environ}
        self.env |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "NO_COLOR": "1"}
        self.env |= {"METACONNECT_SECRETS": "file", "METACONNECT_STORE": "local"}
        self.env |= {"METACONNECT_HOME": str(folder / "data")}

    def ours(self, *arguments: str) -> Command:
        return self._script("metaconnect_script", OURS, arguments)

    def floor(self, module: str, source: str, *arguments: str) -> Command:
        """Return a command that runs `app` of *source*, compiled like any module."""
        (self._folder / f"{module}.py").write_text(source)
        return self._script(f"{module}_script", THEIRS.format(module=module), arguments)

    def python(self, code: str) -> Command:
        return Command(arguments=("-c", code), env=self.env, folder=self._folder)

    def connect(self, url: str, token: str, *ad_accounts: str) -> None:
        """Store a connection for each ad account, and point everybody to *url*."""
        folder = Path(self.env["METACONNECT_HOME"])
        store = LocalStore(folder, open_secret_store(folder, "file"))
        for number, ad_account in enumerate(ad_accounts):
            store.save(
                Connection(
                    client_id=f"client{number}",
                    token=AccessToken(value=token),
                    user_facebook_id="1",
                    ad_account_id=ad_account,
                    ad_account_name="Shoes",
                    currency="EUR",
                    timezone_name="UTC",
                )
            )
        self.env |= {"META_GRAPH_URL": url, "BENCHMARK_TOKEN": token}
        self.env |= {"BENCHMARK_ACCOUNT": ad_accounts[0]}

    def _script(self, name: str, source: str, arguments: tuple[str, ...]) -> Command:
        path = self._folder / f"{name}.py"
        path.write_text(source)
        return Command(
            arguments=(str(path), *arguments), env=dict(self.env), folder=self._folder
        )
