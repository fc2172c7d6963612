"""The reader of uploaded pictures, run in a sandboxed child. Nothing here may import what holds secrets."""
