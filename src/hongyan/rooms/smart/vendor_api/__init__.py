"""The vendor's doors of the smart room, one file per family of operations."""
