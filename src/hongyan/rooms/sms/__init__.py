"""Plain SMS: apps, signatures and templates, from their making through review to what a send may use.

Owns the tables ``sms_apps``, ``sms_files``, ``sms_signatures``, ``sms_templates`` and the sequence
``sms_template_ids``.
Hears the jobs ``sms.review_decided`` and ``sms.channel_provisioned``; says the jobs ``carriers.provision_signature``,
``carriers.release_signature``, ``delivery.close_gate`` and ``delivery.open_gate``.
"""
