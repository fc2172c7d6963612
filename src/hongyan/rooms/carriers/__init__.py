"""Carrier accounts, number segments, channel numbers of signatures; routes; the vocabulary of carrier trouble.

Owns tables ``carriers_*``. Hears job ``carriers.provision_signature``. Says job ``sms.channel_provisioned``.
"""
