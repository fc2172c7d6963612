"""HTTP in (application factory, the two error envelopes, request ids) and out (a client that refuses private targets)."""
