"""The ledger: planned messages, batches, spans, outcomes, gates and counters; what may go, and what became of it.

Owns tables ``delivery_*``. Hears jobs ``delivery.close_gate|open_gate|suppress|lift|finish_cancel``.
Says job ``campaigns.tasks_settled``.
"""
