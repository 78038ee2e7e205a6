-- Insights, kept by `metaconnect sync --to supabase`: whoever may see a client reads its
-- rows; its owners and the service role write them.
--
-- A report that asks for other fields than those below finds them in `more`. Give one a
-- column of its own, and the next sync fills it:
--   alter table public.meta_insights add column reach_cost numeric;
--
-- Where a table of these names exists nothing happens here, and nothing is synced.

do $migration$
declare
  id_type constant text := (
    select format_type(p.prorettype, null) from pg_proc p
      where p.oid = 'private.readable_client_ids()'::regprocedure);
  taken constant text := (
    select string_agg(c.relname, ', ') from pg_class c
      where c.oid in (to_regclass('public.meta_insights'),
        to_regclass('public.meta_insights_changes'), to_regclass('public.meta_insights_windows')));
  name text;
begin
  if to_regprocedure('public.meta_insights_replace(text)') is not null then
    return;
  end if;
  if taken is not null then
    raise warning 'Another program has a table of the name %: Insights cannot be kept here', taken
      using hint = 'Rename it, and run this again; or keep Insights in a database of their own.';
    return;
  end if;

  -- Counts are numeric, because Meta estimates fractions of some.
  execute format(
    $sql$
      create table public.meta_insights (
        client_id      %1$s not null references public.clients (id) on delete cascade,
        report_id      text not null,
        account_id     text not null,
        date_start     date not null,
        date_stop      date not null,
        entity_id      text not null,
        breakdown_key  text not null,
        report         text,
        level          text not null,
        currency       text,
        synced_at      timestamptz not null,
        campaign_id    text,
        campaign_name  text,
        adset_id       text,
        adset_name     text,
        ad_id          text,
        ad_name        text,
        spend          numeric,
        impressions    numeric,
        reach          numeric,
        frequency      numeric,
        clicks         numeric,
        cpc            numeric,
        cpm            numeric,
        ctr            numeric,
        roas           numeric,
        purchases      numeric,
        purchase_value numeric,
        cost_per_purchase numeric,
        leads          numeric,
        cost_per_lead  numeric,
        link_clicks    numeric,
        landing_page_views numeric,
        actions        jsonb,
        action_values  jsonb,
        conversions    jsonb,
        more           jsonb not null default '{}',
        primary key (client_id, report_id, account_id, date_start, date_stop,
          entity_id, breakdown_key)
      );
      create table public.meta_insights_changes (
        client_id      %1$s not null references public.clients (id) on delete cascade,
        report_id      text not null,
        account_id     text not null,
        date_start     date not null,
        date_stop      date not null,
        entity_id      text not null,
        breakdown_key  text not null,
        metric         text not null,
        old_value      text,
        new_value      text,
        changed_at     timestamptz not null
      );
      create table public.meta_insights_windows (
        client_id      %1$s not null references public.clients (id) on delete cascade,
        report_id      text not null,
        account_id     text not null,
        date_start     date not null,
        date_stop      date not null,
        fields         jsonb not null,
        row_count      bigint not null,
        read_at        timestamptz not null,
        primary key (client_id, report_id, account_id, date_start)
      )
    $sql$,
    id_type);
  create index meta_insights_client_id_date_start_idx
    on public.meta_insights (client_id, date_start);
  create index meta_insights_changes_client_id_changed_at_idx
    on public.meta_insights_changes (client_id, changed_at);

  foreach name in array
    array['meta_insights', 'meta_insights_changes', 'meta_insights_windows']
  loop
    execute format(
      $sql$
        revoke all on public.%1$I from public, anon, authenticated;
        grant select, insert, update, delete on public.%1$I to authenticated;
        grant all on public.%1$I to service_role;
        alter table public.%1$I enable row level security;
        create policy %5$I on public.%1$I for select to authenticated
          using (client_id in (select private.readable_client_ids()));
        create policy %2$I on public.%1$I for insert to authenticated
          with check (client_id in (select private.owned_client_ids()));
        create policy %3$I on public.%1$I for update to authenticated
          using (client_id in (select private.owned_client_ids()))
          with check (client_id in (select private.owned_client_ids()));
        create policy %4$I on public.%1$I for delete to authenticated
          using (client_id in (select private.owned_client_ids()))
      $sql$,
      name, name || '_insert', name || '_update', name || '_delete', name || '_select');
  end loop;

  -- One transaction: some windows of one series, as Meta has them now, take the place of
  -- what was kept. The text is JSON, whose numbers keep every digit on the way. Returns
  -- what Meta restated. Nothing but the caller's own rights: Row-Level Security decides.
  create function public.meta_insights_replace(batch text) returns jsonb
    language plpgsql security invoker set search_path = '' as $body$
    declare
      given constant jsonb := batch::jsonb;
      series public.meta_insights_windows;
      first_day constant date := (given ->> 'since')::date;
      last_day constant date := (given ->> 'until')::date;
      known constant text[] := array(
        select a.attname::text from pg_catalog.pg_attribute a
          where a.attrelid = 'public.meta_insights'::regclass
            and a.attnum > 0 and not a.attisdropped);
      changes jsonb;
    begin
      series := jsonb_populate_record(null::public.meta_insights_windows, given -> 'series');
      perform pg_advisory_xact_lock(hashtextextended('metaconnect ' || (given ->> 'series'), 0));

      -- Of windows that were read before, for the same days: what is counted in each row,
      -- then and now, an entry of an action list by itself.
      with recursive compared as (
        select old.date_start,
            (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements_text(old.fields) f
              where given -> 'metrics' ? f) as fields
          from public.meta_insights_windows old
          join jsonb_to_recordset(given -> 'windows') as new (date_start date, date_stop date)
            using (date_start, date_stop)
          where (old.client_id, old.report_id, old.account_id)
            = (series.client_id, series.report_id, series.account_id)
      ), both_rows as (
        select false as is_new, to_jsonb(r) || r.more as r, r.date_start, r.date_stop,
            r.entity_id, r.breakdown_key
          from public.meta_insights r
          where (r.client_id, r.report_id, r.account_id)
            = (series.client_id, series.report_id, series.account_id)
        union all
        select true, r, (r ->> 'date_start')::date, (r ->> 'date_stop')::date,
            r ->> 'entity_id', r ->> 'breakdown_key'
          from jsonb_array_elements(given -> 'rows') r
      ), counted as (
        select is_new, date_start, date_stop, entity_id, breakdown_key, f as metric,
            r -> f as value
          from both_rows join compared using (date_start),
            jsonb_array_elements_text(fields) f
        union all
        select is_new, date_start, date_stop, entity_id, breakdown_key,
            metric || ':' || entry.key, entry.value
          from counted,
            jsonb_each(case jsonb_typeof(value) when 'object' then value end) entry
      ), numbers as (
        select is_new, date_start, date_stop, entity_id, breakdown_key, metric,
            case jsonb_typeof(value) when 'number' then trim_scale(value::numeric)::text
              else value #>> '{}' end as value
          from counted where jsonb_typeof(value) not in ('object', 'null')
      ), restated as (
        insert into public.meta_insights_changes
          select series.client_id, series.report_id, series.account_id,
              date_start, date_stop, entity_id, breakdown_key, metric,
              before.value, after.value, (given ->> 'read_at')::timestamptz
            from (select * from numbers where not is_new) before
            full join (select * from numbers where is_new) after
              using (date_start, date_stop, entity_id, breakdown_key, metric)
            where before.value is distinct from after.value
          returning *
      )
      select coalesce(jsonb_agg(to_jsonb(restated)), '[]') into changes from restated;

      delete from public.meta_insights r
        where (r.client_id, r.report_id, r.account_id)
            = (series.client_id, series.report_id, series.account_id)
          and r.date_start between first_day and last_day;
      update public.meta_insights r set report = given ->> 'report'
        where (r.client_id, r.report_id, r.account_id)
            = (series.client_id, series.report_id, series.account_id)
          and r.report <> given ->> 'report';
      insert into public.meta_insights
        select kept.* from jsonb_array_elements(given -> 'rows') r,
          jsonb_populate_record(null::public.meta_insights,
            r || jsonb_build_object('more', r - known)) kept;

      delete from public.meta_insights_windows w
        where (w.client_id, w.report_id, w.account_id)
            = (series.client_id, series.report_id, series.account_id)
          and w.date_start between first_day and last_day;
      insert into public.meta_insights_windows
        select kept.* from jsonb_array_elements(given -> 'windows') w,
          jsonb_populate_record(null::public.meta_insights_windows,
            w || (given -> 'series')) kept;
      return changes;
    end
    $body$;

  revoke execute on function public.meta_insights_replace(text) from public, anon;
  grant execute on function public.meta_insights_replace(text) to authenticated, service_role;
end
$migration$;

notify pgrst, 'reload schema';
