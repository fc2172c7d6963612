"""What this room gives and takes: forms as customers fill them in, and what is stored, listed and counted.

Not for: the vendor's field names (``vendor_api``).
"""
