"""The doors of callbacks: the vendor's four operations, and our own."""
