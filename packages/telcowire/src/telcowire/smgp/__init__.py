"""SMGP 3.0 and 1.3 (China Telecom): field tables, optional parameters, digests, state reports, and their session."""
