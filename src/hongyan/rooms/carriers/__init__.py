"""Carrier accounts, number segments, channel numbers of signatures; routes; the vocabulary of carrier trouble.

Owns tables ``carriers_*``. Hears jobs ``carriers.provision_signature`` and ``carriers.release_signature``.
Says job ``sms.channel_provisioned``.
"""
