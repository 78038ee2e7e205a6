-- Who else may use a client: viewers see that it is connected, editors may also read
-- and replace its token, owners may also delete the token and decide who is a member.

do $migration$
declare
  id_type constant text := (
    select format_type(p.prorettype, null) from pg_proc p
      where p.oid = 'private.readable_client_ids()'::regprocedure);
begin
  if to_regclass('public.client_members') is not null then
    return;
  end if;

  execute format(
    $sql$
      create table public.client_members (
        client_id  %s not null references public.clients (id) on delete cascade,
        user_id    uuid not null references auth.users (id) on delete cascade,
        role       text not null default 'viewer'
                   check (role in ('viewer', 'editor', 'owner')),
        created_at timestamptz not null default now(),
        primary key (client_id, user_id)
      )
    $sql$,
    id_type);
  create index client_members_user_id_idx on public.client_members (user_id);

  revoke all on public.client_members from public, anon, authenticated;
  grant select, delete on public.client_members to authenticated;
  grant insert (client_id, user_id, role), update (role)
    on public.client_members to authenticated;
  grant all on public.client_members to service_role;

  alter table public.client_members enable row level security;
  create policy client_members_select on public.client_members for select to authenticated
    using (user_id = (select auth.uid())
      or client_id in (select private.owned_client_ids()));
  create policy client_members_insert on public.client_members for insert to authenticated
    with check (client_id in (select private.owned_client_ids()));
  create policy client_members_update on public.client_members for update to authenticated
    using (client_id in (select private.owned_client_ids()))
    with check (client_id in (select private.owned_client_ids()));
  -- A member may leave.
  create policy client_members_delete on public.client_members for delete to authenticated
    using (user_id = (select auth.uid())
      or client_id in (select private.owned_client_ids()));
end
$migration$;
