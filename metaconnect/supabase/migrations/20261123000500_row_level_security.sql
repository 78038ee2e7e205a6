-- Nothing is changed here. Where Row-Level Security is off, any user, and with older
-- default grants anybody who knows the publishable key, reads and writes the table; and
-- the policies of `meta_tokens` are worth no more than the tables that they ask.

do $migration$
declare
  open record;
begin
  for open in
    select c.relname as name, rule.policy
    from pg_class c join (values
      ('clients', 'for select to authenticated'
        ' using (id in (select private.readable_client_ids()))'),
      ('client_members', 'to authenticated'
        ' using (user_id = (select auth.uid())'
        ' or client_id in (select private.owned_client_ids()))'
        ' with check (client_id in (select private.owned_client_ids()))'),
      ('meta_tokens', 'to authenticated'
        ' using (client_id in (select private.writable_client_ids()))'
        ' with check (client_id in (select private.writable_client_ids()))')
    ) as rule (name, policy) on rule.name = c.relname
    where c.relnamespace = 'public'::regnamespace and not c.relrowsecurity
  loop
    raise warning 'Row-Level Security is off on public.%: its rows are open to others', open.name
      using hint = format(
        'Run, and add the policies that the dashboard needs:'
        '  alter table public.%1$I enable row level security;'
        ' create policy metaconnect on public.%1$I %2$s;', open.name, open.policy);
  end loop;
end
$migration$;

notify pgrst, 'reload schema';
