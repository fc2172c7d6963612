"""Simulated handset vendors and a virtual handset; they know the platform by its published interface only."""
