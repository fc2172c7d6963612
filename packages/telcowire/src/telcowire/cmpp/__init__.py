"""CMPP 2.0 and 3.0 (China Mobile): field tables, digests, state reports, message ids, and their session."""
