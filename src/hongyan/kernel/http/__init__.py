"""HTTP in (application factory, the two error envelopes, request ids) and out.

A client that refuses private targets.
"""
