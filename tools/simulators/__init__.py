"""Simulated outside world: carriers, handset vendors, a virtual handset. For tests and demonstrations."""
