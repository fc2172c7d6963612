"""Readers of what customers uploaded; they run in a sandboxed child."""
