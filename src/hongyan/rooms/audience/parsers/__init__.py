"""Readers of number files, run in a sandboxed child: xlsx and text in, frames of packed recipients out.

Nothing here may import what holds secrets or reaches the network. Not for: opt-outs, storage (``service``).
"""
