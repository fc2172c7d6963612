"""Use cases of service accounts; ``door`` is what other code enters by."""
