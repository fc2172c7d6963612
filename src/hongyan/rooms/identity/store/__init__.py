"""All SQL of identity; rows become the dataclasses of ``contracts``."""
