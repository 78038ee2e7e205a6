-- Row-level security, seen from SQL (pgTAP).
--   pg_prove -d DATABASE tests/database/rls.test.sql      or      pytest tests/database

begin;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;
select plan(56);

-- Acme: an owner, an editor, a viewer, a second owner. Fresh: the same owner's, no token.
insert into auth.users (id, email) values
  ('00000000-0000-4000-8000-00000000000a', 'owner@example.com'),
  ('00000000-0000-4000-8000-00000000000b', 'editor@example.com'),
  ('00000000-0000-4000-8000-00000000000c', 'viewer@example.com'),
  ('00000000-0000-4000-8000-00000000000d', 'coowner@example.com'),
  ('00000000-0000-4000-8000-00000000000e', 'stranger@example.com');
insert into clients (id, name, owner_id) values
  ('10000000-0000-4000-8000-000000000000', 'Acme',  '00000000-0000-4000-8000-00000000000a'),
  ('20000000-0000-4000-8000-000000000000', 'Fresh', '00000000-0000-4000-8000-00000000000a');
insert into client_members (client_id, user_id, role) values
  ('10000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000b', 'editor'),
  ('10000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000c', 'viewer'),
  ('10000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000d', 'owner');
insert into meta_tokens (client_id, access_token, user_facebook_id, ad_account_id) values
  ('10000000-0000-4000-8000-000000000000', 'EAAacme', '100', 'act_1');

-- Be one of them, as PostgREST does it.
create function pg_temp.be(role_name text, letter text default null) returns void
language sql as $$
  select set_config('role', role_name, true),
    set_config('request.jwt.claims', json_build_object('role', role_name, 'sub',
      '00000000-0000-4000-8000-00000000000' || letter)::text, true)
$$;
grant usage on schema extensions to public;

-- The shape.
select policies_are('public', 'clients', array[
  'clients_select', 'clients_insert', 'clients_update', 'clients_delete']);
select policies_are('public', 'client_members', array['client_members_select',
  'client_members_insert', 'client_members_update', 'client_members_delete']);
select policies_are('public', 'meta_tokens', array[
  'meta_tokens_select', 'meta_tokens_insert', 'meta_tokens_update', 'meta_tokens_delete']);
select policies_are('public', t, array[
  t || '_select', t || '_insert', t || '_update', t || '_delete'])
  from unnest(array['meta_insights', 'meta_insights_changes', 'meta_insights_windows']) t;
select fk_ok('public', t, 'client_id', 'public', 'clients', 'id')
  from unnest(array['meta_insights', 'meta_insights_changes', 'meta_insights_windows']) t;
select is_empty($$ select relname from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity $$,
  'row-level security is on for every table');
select is_empty($$ select relname from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
    and (relname ~ '^(client|meta_)') and has_any_column_privilege('anon', oid,
      'select, insert, update, references') $$, 'anon has no privilege on anything');
select ok(not has_schema_privilege('authenticated', 'private', 'usage'),
  'nobody signed in can name what is in schema private');
select is_empty($$ select proname from pg_proc where pronamespace = 'private'::regnamespace
  and has_function_privilege('anon', oid, 'execute') $$, 'anon runs no helper');
select is_empty($$ select proname from pg_proc where pronamespace = 'private'::regnamespace
  and prosecdef and not coalesce('search_path=""' = any (proconfig), false) $$,
  'every definer function pins its search path');
select col_is_unique('public', 'meta_tokens', 'client_id', 'one connection per client');
select fk_ok('public', 'meta_tokens', 'client_id', 'public', 'clients', 'id');

-- The owner.
select pg_temp.be('authenticated', 'a');
select set_eq('select name from clients', array['Acme', 'Fresh'], 'owner sees both');
select results_eq('select access_token from meta_tokens', array['EAAacme'], 'owner reads');
select lives_ok($$ insert into meta_tokens (client_id, access_token, user_facebook_id)
  values ('10000000-0000-4000-8000-000000000000', 'EAAnew', '100')
  on conflict (client_id) do update set client_id = excluded.client_id,
    access_token = excluded.access_token, user_facebook_id = excluded.user_facebook_id $$,
  'owner upserts');
select throws_ok($$ update meta_tokens set created_by = null $$, '42501', null,
  'created_by is not written by hand');
select throws_ok($$ update meta_tokens
  set client_id = '20000000-0000-4000-8000-000000000000' $$,
  '23514', 'client_id cannot be changed', 'a connection stays with its client');
select throws_ok($$ insert into meta_tokens (client_id, access_token, user_facebook_id)
  values ('99999999-9999-4999-8999-999999999999', 'EAAx', '1') $$, '42501', null,
  'an unknown client is refused like another''s');
select throws_ok($$ insert into clients (name, owner_id)
  values ('Theirs', '00000000-0000-4000-8000-00000000000e') $$, '42501', null,
  'owner_id is not written by hand');
select lives_ok($$ insert into client_members (client_id, user_id, role) values
  ('20000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000c', 'viewer') $$,
  'owner adds a member');
select throws_ok($$ insert into meta_tokens (client_id, access_token, user_facebook_id)
  values ('20000000-0000-4000-8000-000000000000', 'EAA x', '1') $$, '23514', null,
  'a token has no spaces');
select throws_ok($$ insert into meta_tokens
  (client_id, access_token, user_facebook_id, ad_account_id)
  values ('20000000-0000-4000-8000-000000000000', 'EAAx', '1', '12345') $$, '23514', null,
  'an ad account id begins with act_');
reset role;

-- The editor.
select pg_temp.be('authenticated', 'b');
select results_eq('select access_token from meta_tokens', array['EAAnew'], 'editor reads');
select results_eq($$ update meta_tokens set access_token = 'EAAedited'
  returning updated_by::text, created_by is null, updated_at > created_at $$,
  $$ values ('00000000-0000-4000-8000-00000000000b', true, true) $$,
  'editor updates, and the row says who and when');
select is_empty('delete from meta_tokens returning 1', 'editor deletes nothing');
select is_empty($$ update clients set name = 'x' returning 1 $$, 'editor renames nothing');
select is_empty('delete from clients returning 1', 'editor deletes no client');
select is_empty($$ update client_members set role = 'owner' returning 1 $$,
  'editor promotes nobody, not even themselves');
select throws_ok($$ insert into client_members (client_id, user_id) values
  ('10000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000e') $$,
  '42501', null, 'editor adds no member');
reset role;

-- The viewer.
select pg_temp.be('authenticated', 'c');
select is_empty('select * from meta_tokens', 'viewer reads no token');
select results_eq('select user_facebook_id, ad_account_id from meta_connections',
  $$ values ('100', 'act_1') $$, 'viewer sees that there is a connection');
select hasnt_column('public', 'meta_connections', 'access_token', 'the view has no token');
select throws_ok('select * from private.meta_connections()', '42501', null,
  'the function behind the view is out of reach');
select is_empty($$ update meta_tokens set access_token = 'EAAevil' returning 1 $$,
  'viewer updates nothing');
select results_eq('select count(*)::int from client_members', array[2],
  'viewer sees their own memberships only');
select isnt_empty($$ delete from client_members
  where client_id = '20000000-0000-4000-8000-000000000000' returning 1 $$, 'viewer may leave');
reset role;

-- A second owner.
select pg_temp.be('authenticated', 'd');
select isnt_empty($$ update clients set name = 'Acme Ltd' returning 1 $$, 'co-owner renames');
select isnt_empty('delete from meta_tokens returning 1', 'co-owner disconnects');
select is_empty('delete from clients returning 1', 'co-owner does not delete the client');
select throws_ok($$ insert into clients (id, name) values (gen_random_uuid(), 'Mine') $$,
  '42501', null, 'an id is not written by hand');
select isnt_empty($$ insert into meta_tokens (client_id, access_token, user_facebook_id,
  user_name, ad_account_name, currency, timezone_name, graph_url, app_id)
  values ('10000000-0000-4000-8000-000000000000', 'EAA', '1', 'a', 'b', 'c', 'd', 'e', 'f')
  returning 1 $$, 'every column of a connection is written');
delete from meta_tokens;
reset role;

-- The stranger.
select pg_temp.be('authenticated', 'e');
select is_empty('select 1 from clients union all select 1 from client_members', 'no client');
select is_empty('select 1 from meta_tokens union all select 1 from meta_connections', 'no row');
select throws_ok($$ insert into client_members (client_id, user_id, role) values
  ('10000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-00000000000e', 'owner') $$,
  '42501', null, 'stranger cannot join');
select results_eq($$ insert into clients (name) values ('Mine') returning owner_id::text $$,
  array['00000000-0000-4000-8000-00000000000e'], 'but may have a client of their own');
select throws_ok('select email from auth.users', '42501', null, 'nobody reads the users');
reset role;

-- Signed in as nobody, and not signed in.
select pg_temp.be('authenticated');
select is_empty('select 1 from clients union all select 1 from meta_tokens', 'no sub, no rows');
reset role;
select pg_temp.be('anon');
select throws_ok('select * from clients', '42501', null, 'anon: clients');
select throws_ok('select * from meta_tokens', '42501', null, 'anon: meta_tokens');
select throws_ok('select * from meta_connections', '42501', null, 'anon: meta_connections');
reset role;

-- The service role.
select pg_temp.be('service_role');
select throws_ok($$ insert into meta_tokens (client_id, access_token, user_facebook_id)
  values ('99999999-9999-4999-8999-999999999999', 'EAAx', '1') $$, '23503', null,
  'service_role gets as far as the foreign key');
insert into meta_tokens (client_id, access_token, user_facebook_id)
  values ('20000000-0000-4000-8000-000000000000', 'EAAservice', '1');
select results_eq('select user_facebook_id from meta_connections', array['1'],
  'service_role sees every connection');
reset role;

select * from finish();
rollback;
