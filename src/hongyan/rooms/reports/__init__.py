"""Statistics by card template and day: what was sent, and what handsets did with it.

Owns ``reports_sends``, ``reports_cards``, ``reports_days``. Says nothing; hears nothing: a periodic job reads the doors
of campaigns and handsets.
"""
