"""SMPP 3.4: field tables with C-strings and TLVs, receipts, statuses, text coding, and its session. 5.0 may bind."""
