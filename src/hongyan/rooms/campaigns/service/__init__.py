"""Use cases of send tasks, by who wants them.

``desk`` (people: create, start, pause, resume, cancel), ``batch`` (the vendor's operation), ``numbers`` (号码解析),
``plan`` (chunks into the ledger), ``clockwork`` (what happens by itself), ``views`` (what is shown).
"""
