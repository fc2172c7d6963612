"""Identity towards the console: sign-in, the own account and its keys, people, tenants, the audit log."""
