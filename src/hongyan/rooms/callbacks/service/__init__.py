"""Use cases of callbacks: addresses, facts into posts, posts out."""
