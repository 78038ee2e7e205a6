"""Supabase for tests: a real PostgreSQL behind the parts of its API that we use."""
