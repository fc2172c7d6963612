"""Audience: number files (typed, xlsx, csv, txt), their recipients in sealed blocks, and opt-outs.

Owns the tables ``audience_*`` and the file area ``audience``. Handles the job ``audience.parse``; defers
``delivery.suppress`` and, when the graph names one, a job that says that a file is parsed.
"""
