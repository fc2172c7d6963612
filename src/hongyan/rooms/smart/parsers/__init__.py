"""Readers of hostile pictures and videos; they run in a sandboxed child."""
