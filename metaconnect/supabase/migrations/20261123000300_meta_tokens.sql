-- One connection per client. Where `meta_tokens` exists nothing happens here, not even
-- to its row-level security: those rules are its owner's.

do $migration$
declare
  id_type constant text := (
    select format_type(p.prorettype, null) from pg_proc p
      where p.oid = 'private.readable_client_ids()'::regprocedure);
begin
  if to_regclass('public.meta_tokens') is not null then
    return;
  end if;

  execute format(
    $sql$
      create table public.meta_tokens (
        id               uuid primary key default gen_random_uuid(),
        client_id        %s not null references public.clients (id) on delete cascade,
        access_token     text not null,
        user_facebook_id text not null,
        ad_account_id    text,         -- null until one was chosen
        token_expires_at timestamptz,  -- null = never
        user_name        text,
        ad_account_name  text,
        currency         text,         -- of the ad account, as its time zone
        timezone_name    text,
        graph_url        text,         -- which Graph API and which app issued the token
        app_id           text,
        created_by       uuid default auth.uid()
                         references auth.users (id) on delete set null,
        updated_by       uuid default auth.uid()
                         references auth.users (id) on delete set null,
        created_at       timestamptz not null default now(),
        updated_at       timestamptz not null default now(),
        constraint meta_tokens_client_id_key unique (client_id),
        constraint meta_tokens_access_token_check
          check (length(access_token) between 1 and 8192 and access_token !~ '\s'),
        constraint meta_tokens_user_facebook_id_check
          check (user_facebook_id ~ '^[0-9]{1,32}$'),
        constraint meta_tokens_ad_account_id_check
          check (ad_account_id ~ '^act_[0-9]{1,32}$')
      )
    $sql$,
    id_type);
  create index meta_tokens_token_expires_at_idx on public.meta_tokens (token_expires_at);
  create index meta_tokens_created_by_idx on public.meta_tokens (created_by);
  create index meta_tokens_updated_by_idx on public.meta_tokens (updated_by);

  create or replace function private.meta_tokens_touch() returns trigger
  language plpgsql set search_path = '' as $body$
  begin
    new.updated_by := coalesce((select auth.uid()), new.updated_by);
    if tg_op = 'INSERT' then
      new.updated_at := now();
      return new;
    end if;
    if new.client_id is distinct from old.client_id then
      raise exception 'client_id cannot be changed' using errcode = '23514';
    end if;
    new.id := old.id;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
    -- Always later than before, so that it can tell two versions of a row apart.
    new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
    return new;
  end
  $body$;
  revoke execute on function private.meta_tokens_touch() from public;
  create trigger meta_tokens_touch before insert or update on public.meta_tokens
    for each row execute function private.meta_tokens_touch();

  revoke all on public.meta_tokens from public, anon, authenticated;
  grant select, delete on public.meta_tokens to authenticated;
  -- client_id may be updated because an upsert sets every column it inserts, and
  -- updated_at because dashboards send it; the trigger above overrules both.
  grant
    insert (client_id, access_token, user_facebook_id, ad_account_id, token_expires_at,
      user_name, ad_account_name, currency, timezone_name, graph_url, app_id, updated_at),
    update (client_id, access_token, user_facebook_id, ad_account_id, token_expires_at,
      user_name, ad_account_name, currency, timezone_name, graph_url, app_id, updated_at)
    on public.meta_tokens to authenticated;
  grant all on public.meta_tokens to service_role;

  alter table public.meta_tokens enable row level security;
  create policy meta_tokens_select on public.meta_tokens for select to authenticated
    using (client_id in (select private.writable_client_ids()));
  create policy meta_tokens_insert on public.meta_tokens for insert to authenticated
    with check (client_id in (select private.writable_client_ids()));
  create policy meta_tokens_update on public.meta_tokens for update to authenticated
    using (client_id in (select private.writable_client_ids()))
    with check (client_id in (select private.writable_client_ids()));
  create policy meta_tokens_delete on public.meta_tokens for delete to authenticated
    using (client_id in (select private.owned_client_ids()));
end
$migration$;
