"""The key ring that seals every secret, and the keys of tenants that seal phone numbers.

Owns table ``kernel_tenant_keys``.
"""
