"""Hongyan (鸿雁): an open, self-hosted cloud message service."""
