"""Carrier accounts, number segments and channel numbers. Owns: tables ``carriers_*``. Hears: job ``carriers.provision_signature``. Says: job ``sms.channel_provisioned``."""
