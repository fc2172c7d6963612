"""Filings in the console."""
