"""Short links: domains, generations of codes, ranges, payloads, the redirector, the ledger of taps.

Owns the tables ``short_links_*``. Says ``short_links.tapped`` (stream) and ``short_links.changed`` (hint).
Handles the jobs ``short_links.drop_expired`` and ``short_links.ensure_partitions``. Part of the sending line: imports
no other room.
"""
