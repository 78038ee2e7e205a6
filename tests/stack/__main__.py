"""
Run a pretend Supabase project to play with: `python -m tests.stack`.

Ctrl-C ends it and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import contextlib
import threading

from . import postgrest
from .dashboards import ID_COLUMNS, Dashboard
from .postgres import PostgresMissing, server
from .project import Stack, project

PASSWORD = "pretend-password"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stack", description=__doc__)
    parser.add_argument("--port", type=int, default=54321)
    parser.add_argument("--id-type", choices=tuple(ID_COLUMNS), default="uuid")
    parser.add_argument("--minimal", action="store_true", help="five columns only")
    return parser.parse_args()


def populate(stack: Stack) -> str:
    """Add some people and a client; return what there is to know about them."""
    people = ("owner", "editor", "viewer", "stranger")
    ids = {name: stack.add_user(f"{name}@example.com", PASSWORD) for name in people}
    client = stack.add_client("Acme", ids["owner"])
    stack.add_member(client, ids["editor"], "editor")
    stack.add_member(client, ids["viewer"], "viewer")
    stack.auth.provider_email = "owner@example.com"
    return f"""
SUPABASE_URL={stack.url}
SUPABASE_KEY={stack.publishable_key}
SUPABASE_SERVICE_ROLE_KEY={stack.secret_key}

client      {client}  (Acme)
users       {", ".join(f"{name}@example.com" for name in people)}
password    {PASSWORD}
e-mail code {stack.auth.one_time_code}
provider    google, github and facebook sign in owner@example.com at once
database    psql {stack.dsn}

Ctrl-C ends it.
"""


def main() -> None:
    chosen = arguments()
    dashboard = Dashboard(id_type=chosen.id_type, minimal=chosen.minimal)
    try:
        postgrest.install()
        with (
            server() as postgres,
            project(postgres, dashboard, port=chosen.port) as stack,
        ):
            print(populate(stack), flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    except (PostgresMissing, postgrest.NotInstalled) as reason:
        raise SystemExit(str(reason)) from None


if __name__ == "__main__":
    main()
