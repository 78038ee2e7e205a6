"""The settings: the names that each is read from, and where a person finds it."""

from __future__ import annotations

from collections.abc import Mapping

# Setting -> the names it is read from, first wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "meta_app_id": ("META_APP_ID", "NEXT_PUBLIC_META_APP_ID"),
    "meta_app_secret": ("META_APP_SECRET",),
    "redirect_uri": ("META_REDIRECT_URI",),
    "base_url": ("NEXT_PUBLIC_BASE_URL",),
    "scopes": ("META_SCOPES",),
    "config_id": ("META_CONFIG_ID",),
    "api_version": ("META_API_VERSION",),
    "graph_url": ("META_GRAPH_URL",),
    "dialog_url": ("META_DIALOG_URL",),
    "supabase_url": ("SUPABASE_URL", "NEXT_PUBLIC_SUPABASE_URL"),
    "supabase_key": (
        "SUPABASE_KEY",
        "SUPABASE_PUBLISHABLE_KEY",
        "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_ANON_KEY",  # the two legacy names
        "NEXT_PUBLIC_SUPABASE_ANON_KEY",
    ),
    "service_role_key": ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY"),
    "store": ("METACONNECT_STORE",),
    "secrets": ("METACONNECT_SECRETS",),
    "service_role": ("METACONNECT_SERVICE_ROLE",),
    "client": ("METACONNECT_CLIENT",),
    "sync_to": ("METACONNECT_SYNC_TO",),
    "home": ("METACONNECT_HOME",),
}
SECRET = frozenset({"meta_app_secret", "supabase_key", "service_role_key"})

# Ignored in a file that was merely found in the working folder: they decide
# where stored secrets and the numbers of clients go, and whether Row-Level
# Security applies.
NEVER_FROM_FOLDER = frozenset(
    {"graph_url", "dialog_url", "service_role", "secrets", "sync_to", "home"}
)
# Setting -> the setting that says where it is sent.
DESTINATION: Mapping[str, str] = {
    "meta_app_id": "graph_url",  # no secret, but a pair with the app secret
    "meta_app_secret": "graph_url",
    "supabase_key": "supabase_url",
    "service_role_key": "supabase_url",
}

DEFAULT_REDIRECT_URI = "http://localhost:8765/callback"
DEFAULT_HTTPS_REDIRECT_URI = "https://localhost:8765/callback"
DASHBOARD_CALLBACK = "/api/auth/meta/callback"
# Where to find what is missing, by the first name that is.
WHERE_TO_FIND: Mapping[str, str] = {
    "META_APP_ID": "App ID and app secret are under App settings > Basic of your app "
    "on https://developers.facebook.com/apps\n"
    "(no app yet? Look around first, without one:  metaconnect demo).\n",
    "META_APP_SECRET": "It is under App settings > Basic of your app on "
    "https://developers.facebook.com/apps\n",
    "SUPABASE_URL": "URL and key are in the project's dashboard, under API keys.\n",
    "SUPABASE_KEY": "It is in the project's dashboard, under API keys.\n",
    "SUPABASE_SERVICE_ROLE_KEY": "It is in the project's dashboard, under API keys.\n",
}
