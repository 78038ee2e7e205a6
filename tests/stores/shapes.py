"""What a dashboard's own `meta_tokens` may be like."""

from contextlib import contextmanager

from metaconnect.errors import ClientNotFound, ConfigError, TablesMissing


@contextmanager
def changed(stack, change, undo):
    """The stack is shared: put its schema back, whatever happens."""
    stack.ddl(change)
    try:
        yield
    finally:
        stack.sql("delete from meta_tokens")
        stack.ddl(undo)


def retyped(column, kind):
    """A view needs the column: another one takes its name."""
    return (
        (
            f"alter table meta_tokens rename {column} to kept;"
            f"alter table meta_tokens add {column} {kind}"
        ),
        (
            f"alter table meta_tokens drop {column};"
            f"alter table meta_tokens rename kept to {column}"
        ),
    )


# What a dashboard's own table may be like. Each: how to make it so, how to undo it,
# the error (None: a save works) and what it says.
SHAPES = {
    "as most are": ("select 1", "select 1", None, ""),
    "with a column that must be filled": (
        (
            "alter table meta_tokens add team int not null default 1;"
            "alter table meta_tokens alter team drop default"
        ),
        "alter table meta_tokens drop team",
        ConfigError,
        "team",
    ),
    "without a unique client_id": (
        "alter table meta_tokens drop constraint meta_tokens_client_id_key",
        "alter table meta_tokens add unique (client_id)",
        TablesMissing,
        "no unique constraint",
    ),
    "with a row for each ad account": (
        (
            "alter table meta_tokens drop constraint meta_tokens_client_id_key,"
            " add constraint each unique (client_id, ad_account_id)"
        ),
        "alter table meta_tokens drop constraint each, add unique (client_id)",
        ConfigError,
        "for each client and ad account",
    ),
    "that may only be read": (
        'alter policy "own tokens" on meta_tokens with check (false)',
        (
            'alter policy "own tokens" on meta_tokens with check (client_id in'
            " (select c.id from clients c where c.owner_id = (select auth.uid())))"
        ),
        ClientNotFound,
        "to see, not to change",
    ),
    "without the right to update": (
        "revoke update on meta_tokens from authenticated",
        "grant update on meta_tokens to authenticated",
        ConfigError,
        "no right",
    ),
    "with numbers for ad accounts": (
        *retyped("ad_account_id", "bigint"),
        TablesMissing,
        "another type",
    ),
    "with small numbers for users": (
        *retyped("user_facebook_id", "int"),
        TablesMissing,
        "another type",
    ),
    "with room for short tokens": (
        *retyped("access_token", "varchar(100)"),
        TablesMissing,
        "another type",
    ),
    "with a Unix time for the expiry": (
        *retyped("token_expires_at", "bigint"),
        TablesMissing,
        "another type",
    ),
    "with a time without a zone": (
        *retyped("token_expires_at", "timestamp"),
        None,
        "",
    ),
    "with a rule about values": (
        "alter table meta_tokens add constraint c check (length(access_token) < 9)",
        "alter table meta_tokens drop constraint c",
        None,
        "",
    ),
    "with a trigger about values": (
        (
            "create function refuse() returns trigger language plpgsql as $$ begin"
            " if length(new.access_token) > 50 then raise exception 'no'; end if;"
            " return new; end $$;"
            "create trigger refuse before insert on meta_tokens"
            " for each row execute function refuse()"
        ),
        "drop function refuse cascade",
        None,
        "",
    ),
    "with a trigger that drops rows": (
        (
            "create function skip() returns trigger language plpgsql as"
            " $$ begin return null; end $$;"
            "create trigger skip before insert on meta_tokens"
            " for each row execute function skip()"
        ),
        "drop function skip cascade",
        ConfigError,
        "did not store",
    ),
    "with some of our columns": (
        "alter table meta_tokens add currency text, add updated_at timestamptz",
        "alter table meta_tokens drop currency, drop updated_at",
        None,
        "",
    ),
    "with a column of our name and another type": (
        "alter table meta_tokens add app_id uuid",
        "alter table meta_tokens drop app_id",
        None,
        "",
    ),
    "with a column of our name and no right to it": (
        (
            "alter table meta_tokens add currency text;"
            "revoke insert on meta_tokens from authenticated;"
            "grant insert (client_id, access_token, user_facebook_id, ad_account_id,"
            " token_expires_at) on meta_tokens to authenticated"
        ),
        (
            "alter table meta_tokens drop currency;"
            "grant insert on meta_tokens to authenticated"
        ),
        None,
        "",
    ),
}
