"""The door of gateways: leases, pumps (one link), tenures (one account under one lease), supervisor (all accounts)."""
