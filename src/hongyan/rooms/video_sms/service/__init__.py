"""Use cases of video templates."""
