"""Background jobs: procrastinate on the same PostgreSQL; a job deferred in a transaction commits with it (ADR 0004)."""
