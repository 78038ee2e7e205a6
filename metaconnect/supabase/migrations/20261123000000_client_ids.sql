-- Who may use which client: three functions that every policy asks.
--
-- They are SECURITY DEFINER so that the policy of one table can look into another
-- without asking that one's policies in turn (error 42P17), and they live in a
-- schema that the Data API does not serve.
--
-- A client id has the type of the `clients.id` that is already there, else of
-- `meta_tokens.client_id`, else uuid.
--
-- A client belongs to the user in its `owner_id`, else `user_id`, else in the only
-- uuid column of `clients` that references auth.users; and to the members whose role
-- is `owner`. Where no such column is found `client_members` alone decides.
-- Other rules: create functions of these names before this migration, they are kept.

-- What cannot be built upon is refused before anything is created.
do $check$
declare
  clients constant regclass := to_regclass('public.clients');
  members constant regclass := to_regclass('public.client_members');
  tokens constant regclass := to_regclass('public.meta_tokens');
  odd record;
begin
  for odd in
    select c.relname, case c.relkind when 'v' then 'a view' when 'm' then 'a materialized view'
      when 'f' then 'a foreign table' else 'no table' end as kind
    from pg_class c where c.oid in (clients, members, tokens) and c.relkind not in ('r', 'p')
  loop
    raise exception 'public.% is %', odd.relname, odd.kind
      using hint = 'Nothing was changed. metaconnect needs a table of that name; or keep'
        ' connections on your machine:  METACONNECT_STORE=local';
  end loop;

  if clients is not null and (members is null or tokens is null) and not exists (
    select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'id'
      where i.indrelid = clients and i.indisunique and i.indpred is null
        and i.indnkeyatts = 1 and i.indkey[0] = a.attnum) then
    raise exception 'public.clients has no primary key and no unique constraint on id'
      using hint = 'Nothing was changed. Add it, and run this again:'
        '  alter table public.clients add primary key (id);';
  end if;

  if tokens is not null and not exists (
    select from pg_attribute a
      where a.attrelid = tokens and a.attname = 'client_id' and not a.attisdropped) then
    raise exception 'public.meta_tokens lacks client_id'
      using hint = 'Nothing was changed. Rename that table, or add the column, and run this again.';
  end if;

  if members is not null then
    select string_agg(wanted.name, ', ') as missing into odd
      from (values ('client_id'), ('user_id'), ('role')) as wanted (name)
      where not exists (select from pg_attribute a
        where a.attrelid = members and a.attname = wanted.name and not a.attisdropped);
    if odd.missing is not null then
      raise exception 'public.client_members lacks %', odd.missing
        using hint = 'Nothing was changed. Rename that table, or add the columns, and run this again.';
    end if;
    select a.attname as name, format_type(a.atttypid, null) as type, wanted.type as needed
      into odd
      from pg_attribute a
      join (values ('user_id', 'uuid'),
        ('client_id', (select format_type(c.atttypid, null) from pg_attribute c
          where c.attrelid = clients and c.attname = 'id' and not c.attisdropped))
      ) as wanted (name, type) on wanted.name = a.attname
      where a.attrelid = members and not a.attisdropped
        and format_type(a.atttypid, null) <> wanted.type
      limit 1;
    if found then
      raise exception 'public.client_members.% is of type %, not %', odd.name, odd.type, odd.needed
        using hint = 'Nothing was changed. Rename that table, and run this again.';
    end if;
  end if;
end
$check$;

create schema if not exists private;

do $migration$
declare
  clients constant regclass := to_regclass('public.clients');
  id_type text;
  owner_column text := 'owner_id';  -- what the next migration creates
  by_owner text := '';
  helper record;
  created boolean := false;
begin
  select format_type(a.atttypid, null) into id_type from pg_attribute a
    where not a.attisdropped and (a.attrelid, a.attname) in (
      (clients, 'id'), (to_regclass('public.meta_tokens'), 'client_id'))
    order by a.attrelid = clients desc nulls last
    limit 1;
  id_type := coalesce(id_type, 'uuid');

  if clients is not null then
    select a.attname into owner_column from pg_attribute a
      where a.attrelid = clients and not a.attisdropped and a.atttypid = 'uuid'::regtype
        and a.attname in ('owner_id', 'user_id', (
          select min(r.attname::text) from pg_constraint k
            join pg_attribute r on r.attrelid = k.conrelid and r.attnum = k.conkey[1]
            where k.conrelid = clients and k.contype = 'f' and cardinality(k.conkey) = 1
              and k.confrelid = 'auth.users'::regclass
            having count(distinct r.attname) = 1))
      order by a.attname = 'owner_id' desc, a.attname = 'user_id' desc
      limit 1;
  end if;
  if owner_column is not null then
    by_owner := format(
      'select c.id from public.clients c where c.%I = (select auth.uid()) union', owner_column);
  end if;

  for helper in
    select * from (values
      ('readable_client_ids', array['viewer', 'editor', 'owner']),
      ('writable_client_ids', array['editor', 'owner']),
      ('owned_client_ids',    array['owner'])
    ) as helpers (name, roles)
  loop
    continue when to_regprocedure(format('private.%I()', helper.name)) is not null;
    created := true;
    -- plpgsql, because its body may name tables that come with a later migration.
    execute format(
      $sql$
        create function private.%I() returns setof %s
        language plpgsql stable security definer set search_path = '' as $body$
        begin
          return query %s
            select m.client_id from public.client_members m
              where m.user_id = (select auth.uid()) and m.role::text = any (%L::text[]);
        end
        $body$
      $sql$,
      helper.name, id_type, by_owner, helper.roles);
    -- Enough for policies and views; nobody needs USAGE on the schema.
    execute format('revoke execute on function private.%I() from public', helper.name);
    execute format(
      'grant execute on function private.%I() to authenticated, service_role', helper.name);
  end loop;

  if created and owner_column is null then
    raise warning 'No column of public.clients says whose a client is: nobody can save a token yet'
      using hint = 'For each client run:  insert into public.client_members'
        ' (client_id, user_id, role)'
        ' select c.id, u.id, ''owner'' from public.clients c, auth.users u'
        ' where c.id::text = ''CLIENT'' and u.email = ''ADDRESS'';';
  elsif created and clients is not null and owner_column <> 'owner_id' then
    raise notice 'The owner of a client is the user in public.clients.%', owner_column;
  end if;
end
$migration$;
