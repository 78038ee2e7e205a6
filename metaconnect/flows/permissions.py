"""Whether a login was given the permissions that Insights need."""

from __future__ import annotations

from ..errors import PermissionDeclined
from ..graph.client import GraphClient
from ..graph.tokens import TokenInfo, granted_permissions
from ..models import AccessToken
from ..redact import command

# Meta gives Insights to a token that has either.
# https://developers.facebook.com/docs/marketing-api/insights
NEEDED = ("ads_read", "ads_management")


async def declined_permissions(
    graph: GraphClient, token: AccessToken, info: TokenInfo | None, client_id: str
) -> tuple[str, ...]:
    """
    Return what the person left out; *info* is what is known of the token.

    Raises PermissionDeclined where all that is needed is among it.
    """
    permissions = info.permissions if info else {}
    if info is None or not info.is_system_user:
        # Meta lists them for the tokens of people only.
        permissions = await granted_permissions(graph, token) or permissions
    if not any(permissions.get(name) == "granted" for name in NEEDED):
        again = "Ask for it again with:  " + command("connect --rerequest", client_id)
        anew = "Give the system user's token one of them when it is made."
        raise PermissionDeclined(
            f"The login left out {' and '.join(NEEDED)}: without one of them "
            "Meta gives no Insights.",
            hint=anew if info and info.is_system_user else again,
        )
    return tuple(n for n, status in permissions.items() if status != "granted")
