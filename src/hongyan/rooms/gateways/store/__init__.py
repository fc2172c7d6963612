"""All statements of gateways: leases, nodes (gateway processes), alarms. Times are the database's own."""
