"""The file store: bytes by opaque key in a folder or an S3 bucket, and what kind of file an upload really is."""
