"""The bus: events and hints over NATS, never the truth (ADR 0003); and the disk spool for when it is away."""
