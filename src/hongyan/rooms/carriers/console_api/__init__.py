"""Carriers in the console, for the people who run the installation."""
