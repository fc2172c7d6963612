"""People and keys: tenants, users, roles, sign-in, sessions, AK/SK pairs, tokens, and the audit log.

Owns tables ``identity_tenants``, ``identity_services``, ``identity_users``, ``identity_sessions``,
``identity_access_keys``, ``identity_tokens``, ``identity_lockouts``, ``identity_audit``.
Runs the periodic job ``identity.sweep``;
defers ``delivery.close_gate`` and ``delivery.open_gate`` when a tenant is suspended or let go on.
"""
