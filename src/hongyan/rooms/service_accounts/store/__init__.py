"""Statements of service accounts; the tenant comes first."""
