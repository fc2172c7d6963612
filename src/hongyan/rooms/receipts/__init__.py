"""What carriers tell us later: state reports and uplinks, stored before they are answered, then carried to the ledger.

Owns tables ``receipts_*``. Says jobs ``audience.uplink_received``, ``callbacks.uplink``,
``campaigns.answer_uplink`` and ``campaigns.video_reply``.
"""
