"""Callbacks (回执): what happened to messages, templates and replies, POSTed to the addresses that customers name.

Facts come from the ledger's feed and the jobs ``callbacks.…``; they become posts (sealed rows), and posts are sent at
least once, with back-off over days. Not for: reports of carriers (``receipts``), calls of handset vendors.
"""
