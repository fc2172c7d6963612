"""Readers of hostile media; they run in a sandboxed child."""
