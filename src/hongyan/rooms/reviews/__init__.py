"""The review desk: what customers submit, who decides, by when, why, and what happened before.

Owns the tables ``reviews_submissions`` and ``reviews_history``. Knows only a kind (``room.noun``) and a snapshot; a
decision is said as the
job ``<room>.review_decided`` of the room that the kind names.
"""
