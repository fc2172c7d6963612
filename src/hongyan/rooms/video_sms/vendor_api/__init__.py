"""The signed doors of video templates."""
