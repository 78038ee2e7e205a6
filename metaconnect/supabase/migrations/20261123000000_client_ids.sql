-- Who may use which client: three functions that every policy asks.
--
-- They are SECURITY DEFINER so that the policy of one table can look into another
-- without asking that one's policies in turn (error 42P17), and they live in a
-- schema that the Data API does not serve.
--
-- A client id has the type of the `clients.id` that is already there, else of
-- `meta_tokens.client_id`, else uuid.
--
-- A client belongs to its `owner_id`, where `clients` has that column as a uuid, and
-- to the members whose role is `owner`. Without that column `client_members` alone
-- decides, and an administrator writes the first row of each client:
--   insert into client_members (client_id, user_id, role) values (..., ..., 'owner');
-- Other rules: create functions of these names before this migration, they are kept.

create schema if not exists private;

do $migration$
declare
  has_clients constant boolean := to_regclass('public.clients') is not null;
  id_type text := 'uuid';
  by_owner_id text := $sql$
    select c.id from public.clients c where c.owner_id = (select auth.uid()) union
  $sql$;
  helper record;
begin
  select format_type(a.atttypid, null) into id_type from pg_attribute a
    where not a.attisdropped and (a.attrelid, a.attname) in (
      (to_regclass('public.clients'), 'id'), (to_regclass('public.meta_tokens'), 'client_id'))
    order by a.attrelid = to_regclass('public.clients') desc nulls last
    limit 1;
  id_type := coalesce(id_type, 'uuid');

  if has_clients and not exists (
    select from pg_attribute a where not a.attisdropped and a.attname = 'owner_id'
      and a.attrelid = to_regclass('public.clients') and a.atttypid = 'uuid'::regtype
  ) then
    by_owner_id := '';
  end if;

  for helper in
    select * from (values
      ('readable_client_ids', array['viewer', 'editor', 'owner']),
      ('writable_client_ids', array['editor', 'owner']),
      ('owned_client_ids',    array['owner'])
    ) as helpers (name, roles)
  loop
    continue when to_regprocedure(format('private.%I()', helper.name)) is not null;
    -- plpgsql, because its body may name tables that come with a later migration.
    execute format(
      $sql$
        create function private.%I() returns setof %s
        language plpgsql stable security definer set search_path = '' as $body$
        begin
          return query %s
            select m.client_id from public.client_members m
              where m.user_id = (select auth.uid()) and m.role = any (%L::text[]);
        end
        $body$
      $sql$,
      helper.name, id_type, by_owner_id, helper.roles);
    -- Enough for policies and views; nobody needs USAGE on the schema.
    execute format('revoke execute on function private.%I() from public', helper.name);
    execute format(
      'grant execute on function private.%I() to authenticated, service_role', helper.name);
  end loop;
end
$migration$;
