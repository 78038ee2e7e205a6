-- Until when Meta wants no more requests, so that all processes and workers that use this
-- project heed what one of them was told. Only the service role has any business here.
--
-- Where a table of this name exists nothing happens; limits are then each process's own.

do $migration$
begin
  if to_regclass('public.meta_quotas') is not null then
    return;
  end if;

  create table public.meta_quotas (
    app_id        text not null,          -- '' where the app is not known
    ad_account_id text not null,          -- without act_; '' is the app's own quota
    paused_until  timestamptz not null,
    why           text not null,
    code          integer,                -- Meta's, of the error that said so
    updated_at    timestamptz not null default now(),
    primary key (app_id, ad_account_id)
  );
  revoke all on public.meta_quotas from public, anon, authenticated;
  grant all on public.meta_quotas to service_role;
  alter table public.meta_quotas enable row level security;
end
$migration$;

notify pgrst, 'reload schema';
