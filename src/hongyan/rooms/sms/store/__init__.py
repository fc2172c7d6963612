"""Statements of the room: apps and files, signatures, templates. Every function takes the tenant first."""
