"""All SQL of the room, tenant first."""
