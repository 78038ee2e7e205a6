"""Tables that Insights are kept in: DuckDB, PostgreSQL, a Supabase project."""
