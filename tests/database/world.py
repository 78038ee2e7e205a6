"""One client, everybody who might want its token, and their requests."""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from tests.stack.project import Stack

SECRET = "EAAthetokenofacme"
ACTORS = (
    "owner",
    "editor",
    "viewer",
    "stranger",
    "anonymous",
    "service_role",
    "expired",
)
JWT_REFUSALS = ("PGRST301", "PGRST303")


@dataclass(frozen=True)
class World:
    """
    `acme` has a token; `fresh`, with the same people, has none.

    `tokens` has each actor's access token; those without one send their key.
    """

    stack: Stack
    http: httpx.Client
    users: dict[str, str]
    tokens: dict[str, str]
    acme: str
    fresh: str

    def send(self, actor: str, method: str, path: str, **options) -> httpx.Response:
        """Send one request below /rest/v1 as *actor*."""
        key = self.stack.publishable_key
        if actor == "service_role":
            key = self.stack.secret_key
        headers = {
            "apikey": key,
            "Authorization": f"Bearer {self.tokens.get(actor, key)}",
        }
        headers |= options.pop("headers", {})
        return self.http.request(method, path, headers=headers, **options)

    def rows(self, table: str) -> list[tuple]:
        return self.stack.sql(f"select * from {table} order by 1")


def create_world(stack: Stack, http: httpx.Client) -> World:
    names = ("owner", "editor", "viewer", "stranger")
    users = {name: stack.add_user(f"{name}@example.com") for name in names}
    acme = stack.add_client("Acme", users["owner"])
    fresh = stack.add_client("Fresh", users["owner"])
    for client in (acme, fresh):
        stack.add_member(client, users["editor"], "editor")
        stack.add_member(client, users["viewer"], "viewer")
    stack.add_token(acme, SECRET)
    add_insights(stack, acme)
    tokens = {name: stack.access_token(user) for name, user in users.items()}
    tokens["expired"] = stack.access_token(users["owner"], expires_in=-120)
    return World(stack, http, users, tokens, acme, fresh)


def insights_row(client: str, report: str = "4413") -> dict[str, object]:
    """One row of `meta_insights`."""
    return {
        "client_id": client,
        "report_id": report,
        "account_id": "1010",
        "date_start": "2026-11-01",
        "date_stop": "2026-11-01",
        "entity_id": "1010",
        "breakdown_key": "{}",
        "level": "account",
        "synced_at": "2026-11-20T12:00:00Z",
        "spend": 10.25,
        "more": {},
    }


def add_insights(stack: Stack, client: str) -> None:
    row = json.dumps(insights_row(client))
    stack.sql(
        "insert into meta_insights select * from"
        " json_populate_record(null::meta_insights, %s::json)",
        row,
    )


def outcome(response: httpx.Response) -> str:
    """
    What became of a request, in a word.

    rows: it reached some; none: it reached no row and says nothing of it;
    refused: no such right, or a rule says no (42501); unauthorized: the JWT.
    """
    if response.is_success:
        return "rows" if response.json() else "none"
    code = response.json()["code"]
    if code in JWT_REFUSALS:
        return "unauthorized"
    return "refused" if code == "42501" else code
