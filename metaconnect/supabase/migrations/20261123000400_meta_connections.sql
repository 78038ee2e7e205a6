-- Everything about a connection but its token, for a dashboard's pages.
--
-- Viewers may see this and not the token, which neither a policy (rows) nor a grant
-- (columns, but of a role) can say. So the rows come from a SECURITY DEFINER function
-- that leaves the token out, and the view itself lends nobody any rights.
-- Over a `meta_tokens` that was there before us, its own policies decide instead.

do $migration$
declare
  id_type constant text := (
    select format_type(p.prorettype, null) from pg_proc p
      where p.oid = 'private.readable_client_ids()'::regprocedure);
  columns constant text[] := array[
    'client_id', 'user_facebook_id', 'user_name', 'ad_account_id', 'ad_account_name',
    'currency', 'timezone_name', 'token_expires_at', 'created_at', 'updated_at'];
  ours constant boolean := exists (
    select from pg_policy p where p.polrelid = to_regclass('public.meta_tokens')
      and p.polname = 'meta_tokens_select'
      and to_regprocedure('private.meta_tokens_touch()') is not null);
begin
  if to_regclass('public.meta_connections') is not null then
    return;
  end if;

  if ours and to_regprocedure('private.meta_connections()') is null then
    -- Whoever row-level security does not bind (service_role, the SQL editor) sees all.
    execute format(
      $sql$
        create function private.meta_connections() returns table (
          client_id %s, user_facebook_id text, user_name text,
          ad_account_id text, ad_account_name text, currency text, timezone_name text,
          token_expires_at timestamptz, created_at timestamptz, updated_at timestamptz)
        language sql stable security definer set search_path = '' as $body$
          select t.client_id, t.user_facebook_id, t.user_name,
                 t.ad_account_id, t.ad_account_name, t.currency, t.timezone_name,
                 t.token_expires_at, t.created_at, t.updated_at
          from public.meta_tokens t
          where t.client_id in (select private.readable_client_ids())
            or exists (
              select from pg_catalog.pg_roles r
              where r.rolname = coalesce(
                  nullif(current_setting('role'), 'none'), session_user::text)
                and (r.rolbypassrls or r.rolsuper))
        $body$
      $sql$,
      id_type);
    revoke execute on function private.meta_connections() from public;
    grant execute on function private.meta_connections() to authenticated, service_role;
  end if;

  execute format(
    'create view public.meta_connections with (security_invoker = true) as select %s from %s',
    (select string_agg(
         quote_ident(a.attname), ', ' order by array_position(columns, a.attname::text))
       from pg_attribute a
       where a.attrelid = to_regclass('public.meta_tokens') and not a.attisdropped
         and a.attname = any (columns)),
    case when ours then 'private.meta_connections()' else 'public.meta_tokens' end);
  revoke all on public.meta_connections from public, anon, authenticated;
  grant select on public.meta_connections to authenticated, service_role;

  -- PostgREST sees foreign keys through a view of a table, not of a function: these let
  -- a dashboard embed one in the other, as in clients?select=name,meta_connections(*)
  -- https://docs.postgrest.org/en/stable/references/api/resource_embedding.html#computed-relationships
  if ours then
    create function public.meta_connections(public.clients)
      returns setof public.meta_connections rows 1
      language sql stable set search_path = '' as $body$
        select * from public.meta_connections c where c.client_id = $1.id
      $body$;
    create function public.clients(public.meta_connections)
      returns setof public.clients rows 1
      language sql stable set search_path = '' as $body$
        select * from public.clients c where c.id = $1.client_id
      $body$;
    revoke execute on function
      public.meta_connections(public.clients), public.clients(public.meta_connections)
      from public, anon;
    grant execute on function
      public.meta_connections(public.clients), public.clients(public.meta_connections)
      to authenticated, service_role;
  end if;
end
$migration$;
