"""Card templates: layouts, versions, what vendors made of them, and the cards that handsets and browsers draw.

Owns the tables ``smart_*``. Hears the job ``smart.vendor_state``; defers ``handsets.submit_template``. ``public_web``
is the part that stands beside the redirector: resolver and events for handset vendors, the H5 card, the pictures of the
preset templates.
"""
