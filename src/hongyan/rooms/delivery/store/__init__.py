"""All statements on the ledger, by use: planning, claims, outcomes, reports, desk, views, partitions, counters."""
