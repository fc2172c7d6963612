"""All SQL of the campaigns room, one file per noun."""
