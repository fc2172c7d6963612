"""Card templates: layouts, versions, reviews, what vendors made of them; materials; the cards that are drawn of them.

Owns the tables ``smart_*``. Hears the jobs ``smart.vendor_state`` and ``smart.review_decided``; defers
``handsets.submit_template``, ``delivery.close_gate``, ``delivery.open_gate`` and ``callbacks.card_template_decided``.
``public_web`` stands beside the redirector: resolver and events for handset vendors, the H5 card, the files of
materials and the pictures of the preset templates.
"""
