-- What a hosted Supabase project has before its first migration, as far as we use it.
-- Run by a superuser in a fresh database that belongs to `postgres`.

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon',          'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role',  'nologin noinherit bypassrls'),
      ('authenticator', 'login noinherit'),
      -- As on hosted projects, `postgres` owns the database and is no superuser.
      ('postgres',      'login nosuperuser createdb createrole bypassrls'))
      as roles (name, attributes)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I %s', wanted.name, wanted.attributes);
    end if;
  end loop;
end
$$;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres;
alter role postgres set search_path = "$user", public, extensions;

create schema auth;
create schema extensions authorization postgres;
grant usage on schema auth, extensions to anon, authenticated, service_role;
grant usage on schema auth to postgres with grant option;
grant usage on schema public to anon, authenticated, service_role;

-- No grants by default on new tables (hosted projects since 2026-10-30).
alter default privileges for role postgres in schema public
  revoke all on tables from anon, authenticated, service_role;

create table auth.users (
  id                 uuid primary key default gen_random_uuid(),
  aud                text not null default 'authenticated',
  role               text not null default 'authenticated',
  email              text unique,
  encrypted_password text,
  email_confirmed_at timestamptz default now(),
  last_sign_in_at    timestamptz,
  raw_app_meta_data  jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}',
  is_anonymous       boolean not null default false,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now()
);
revoke all on auth.users from public, anon, authenticated, service_role;
grant all on auth.users to postgres;

create function auth.jwt() returns jsonb language sql stable as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;
create function auth.uid() returns uuid language sql stable as $$
  select (auth.jwt() ->> 'sub')::uuid
$$;
create function auth.role() returns text language sql stable as $$
  select auth.jwt() ->> 'role'
$$;
