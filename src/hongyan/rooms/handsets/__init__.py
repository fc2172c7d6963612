"""Handset vendors: credentials, capability answers, registrations of domains and templates, grants, card events.

Owns the tables ``handsets_*``. Defers ``smart.vendor_state`` (a vendor decided about a template) and
``campaigns.cards_rendered`` (cards were drawn). Hears the jobs ``handsets.submit_template``,
``handsets.register_domain`` and ``handsets.forget_nonces``.
"""
