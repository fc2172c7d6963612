"""Checks of our own that no linter knows."""
