"""All SQL of the smart room, one file per noun."""
