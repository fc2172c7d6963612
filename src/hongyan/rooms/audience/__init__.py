"""Audience: number files (typed, xlsx, csv, txt), their recipients in sealed blocks, and opt-outs.

Owns the tables ``audience_*`` and the file area ``audience``. Handles the jobs ``audience.parse`` and
``audience.uplink_received``; defers ``delivery.suppress``, ``delivery.lift`` and, when the graph names one, the
job of whoever waits for files.
"""
