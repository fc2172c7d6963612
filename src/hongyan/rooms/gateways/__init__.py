"""Live carrier sessions: leases on accounts, spans onto the wire, answers and reports back.

Owns table ``gateways_leases``. Hears hint ``gateways.wake`` (a poll of half a second backs it).
"""
