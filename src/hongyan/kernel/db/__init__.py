"""PostgreSQL: the one database and the one truth (ADR 0001); transactions, COPY, the shared metadata, migrations."""
