"""Carriers for tests and demonstrations: a CMPP gateway with good and bad manners, and the phones behind it."""
