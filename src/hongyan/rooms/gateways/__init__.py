"""Live carrier sessions and the leases on accounts. Owns: table ``gateways_leases``. Hears: hint ``gateways.wake``."""
