"""What follows from the settings, and the error for one that cannot be used."""

from base64 import urlsafe_b64encode

import pytest

from metaconnect.errors import ConfigError
from metaconnect.settings import Settings, Trust
from metaconnect.settings.provenance import Layer, choose


def test_a_dashboards_env_local_serves_unchanged(load, folder):
    (folder / ".env.local").write_text(
        "NEXT_PUBLIC_BASE_URL=http://localhost:3000\n"
        "NEXT_PUBLIC_META_APP_ID=1234567890\n"
        'META_APP_SECRET="0123456789abcdef"\n'
        "META_REDIRECT_URI=${NEXT_PUBLIC_BASE_URL}/api/auth/meta/callback\n"
        "NEXT_PUBLIC_SUPABASE_URL=https://abc.supabase.co\n"
        "NEXT_PUBLIC_SUPABASE_ANON_KEY=sb_publishable_1\n"
        "SUPABASE_SERVICE_ROLE_KEY=sb_secret_1\n"
    )

    settings = load()
    assert settings.meta_app.app_id == "1234567890"
    assert settings.redirect_uri_for(paste=False) == (
        "http://localhost:3000/api/auth/meta/callback"
    )
    assert settings.store_kind == "supabase"
    assert settings.supabase == ("https://abc.supabase.co", "sb_publishable_1")


def test_every_missing_setting_is_named_at_once(load):
    with pytest.raises(ConfigError, match="META_APP_ID, META_APP_SECRET"):
        _ = load().meta_app
    with pytest.raises(ConfigError, match="SUPABASE_URL, SUPABASE_KEY"):
        _ = load({"METACONNECT_STORE": "supabase"}).supabase


def test_the_redirect_uri_with_paste_is_the_dashboards_unless_one_is_set(load):
    base = {"NEXT_PUBLIC_BASE_URL": "https://dash.example/"}

    assert load(base).redirect_uri_for(paste=True) == (
        "https://dash.example/api/auth/meta/callback"
    )
    assert load(base).redirect_uri_for(paste=False) == "http://localhost:8765/callback"
    own = load({**base, "META_REDIRECT_URI": "https://own.example/x"})
    assert own.redirect_uri_for(paste=True) == "https://own.example/x"


def test_https_makes_the_default_redirect_uri_https_and_no_other(load):
    default = load().redirect_uri_for(paste=False, https=True)
    assert default == "https://localhost:8765/callback"
    own = load({"META_REDIRECT_URI": "http://localhost:1/x"})
    assert own.redirect_uri_for(paste=False, https=True) == "http://localhost:1/x"


@pytest.mark.parametrize("name", ["META_GRAPH_URL", "META_DIALOG_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://graph.facebook.com",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://user:password@graph.example",
        "ftp://localhost",
        "https://",
        "localhost:8766",
        "https://graph.example/?x=1",
        "http://[::1",
        "http://localhost:99999",
    ],
)
def test_a_secret_is_sent_only_over_https_or_to_this_machine(load, name, url):
    with pytest.raises(ConfigError, match=f"{name} must be an https address"):
        _ = load({name: url}).meta_host


@pytest.mark.parametrize(
    "url", ["https://graph.example/", "http://localhost:1", "http://[::1]:8766"]
)
def test_https_and_loopback_are_taken(load, url):
    host = load({"META_GRAPH_URL": url, "META_DIALOG_URL": url}).meta_host

    assert host.graph_url == url.rstrip("/")
    assert host.authorization_endpoint == url.rstrip("/") + "/v26.0/dialog/oauth"


@pytest.mark.parametrize("version", ["26", "v26", "latest", "v26.0/../me"])
def test_a_version_looks_like_metas(load, version):
    with pytest.raises(ConfigError, match="META_API_VERSION"):
        _ = load({"META_API_VERSION": version}).meta_host


@pytest.mark.parametrize("app_id", ["my-app", "12345678 90", "１２３"])
def test_an_app_id_is_a_number(load, app_id):
    environ = {"META_APP_ID": app_id, "META_APP_SECRET": "s"}

    with pytest.raises(ConfigError, match="the app's number"):
        _ = load(environ).meta_app


@pytest.mark.parametrize(
    "text", ["ads_read,ads_management", " ads_read ads_management "]
)
def test_scopes_are_separated_by_commas_or_spaces(load, text):
    app = load(
        {"META_APP_ID": "1", "META_APP_SECRET": "s", "META_SCOPES": text}
    ).meta_app

    assert app.scopes == ("ads_read", "ads_management")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METACONNECT_STORE", "sqlite"),
        ("METACONNECT_SECRETS", "plain"),
        ("METACONNECT_SERVICE_ROLE", "perhaps"),
    ],
)
def test_a_choice_that_is_none_is_named(load, name, value):
    settings = load({name: value})

    with pytest.raises(ConfigError, match=name):
        _ = (settings.store_kind, settings.secrets_kind, settings.uses_service_role)


def test_the_store_is_supabase_only_where_a_project_is_set(load):
    assert load().store_kind == "local"
    assert load({"SUPABASE_URL": "https://a.example"}).store_kind == "supabase"


def jwt(role):
    claims = urlsafe_b64encode(f'{{"role":"{role}"}}'.encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln"


@pytest.mark.parametrize("key", ["sb_secret_abc", jwt("service_role")])
def test_a_secret_key_in_the_place_of_the_publishable_one_is_refused(load, key):
    environ = {"SUPABASE_URL": "https://a.example", "SUPABASE_KEY": key}

    with pytest.raises(ConfigError, match="bypasses Row-Level Security") as failure:
        _ = load(environ).supabase
    assert key not in str(failure.value)


def test_the_service_key_is_used_only_when_asked_for(load):
    environ = {
        "SUPABASE_URL": "https://a.example",
        "SUPABASE_KEY": jwt("anon"),
        "SUPABASE_SECRET_KEY": "sb_secret_abc",
    }

    assert load(environ).supabase[1] == jwt("anon")
    assert load(environ, service_role="1").supabase[1] == "sb_secret_abc"


def test_a_repr_shows_no_secret():
    settings = Settings(
        meta_app_id="1",
        meta_app_secret="app-secret",
        supabase_key="publishable",
        service_role_key="sb_secret_abc",
        graph_url="https://user:hunter2@proxy.example",
    )

    shown = repr(settings) + str(settings)
    assert "meta_app_id='1'" in shown
    for secret in ("app-secret", "publishable", "sb_secret_abc", "hunter2"):
        assert secret not in shown


def test_nothing_that_settings_are_made_of_shows_a_secret():
    layer = Layer(Trust.ENVIRONMENT, {"META_APP_SECRET": "sesame"})
    assert "sesame" not in repr((layer, choose([layer])))
