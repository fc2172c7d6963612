"""Live carrier sessions: leases on accounts, spans onto the wire, answers and reports back.

Owns table ``gateways_leases``. Finds work by a poll of half a second.
"""
