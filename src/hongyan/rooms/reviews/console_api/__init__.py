"""The review desk in the console."""
