"""The whole journey on Supabase: real processes, real stack, real Chromium."""

import json

import pytest

from ..cli.shell import browser as writing_to
from .conftest import address_in
from .person import press

OWNER = "owner@example.com"


@pytest.fixture
def project(shell, stack):
    stack.add_user(OWNER)
    shell.env |= {
        "SUPABASE_URL": stack.url,
        "SUPABASE_KEY": stack.publishable_key,
    }
    return shell


def test_login_clients_connect_insights_logout(project, stack, person, tmp_path):
    login = ["login", "--email", OWNER, "--password-stdin"]
    assert project.run(*login, stdin="pretend-password").returncode == 0
    client = project.run("clients", "add", "Acme").stdout.strip()

    handed = tmp_path / "address"
    with project.start(
        "connect", "--client", client, "--account", "first", BROWSER=writing_to(handed)
    ) as connecting:
        tab = person().open(address_in(handed))
        press(tab, "continue")
        code, out, err = connecting.end()
    assert (code, out) == (0, ""), err

    ((kept_client, ad_account),) = stack.sql(
        "select client_id::text, ad_account_id from meta_tokens"
    )
    assert (kept_client, ad_account) == (client, "act_101000000000000")
    rows = json.loads(project.run("insights", "--client", client).stdout)
    assert len(rows) == 7
    assert project.run("logout").returncode == 0
    assert project.run("insights", "--client", client).returncode == 4
