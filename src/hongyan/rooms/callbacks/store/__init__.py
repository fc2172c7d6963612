"""All SQL of callbacks."""
