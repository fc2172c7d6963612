"""Use cases of send tasks: ``desk`` (create, start, pause, resume, cancel), ``numbers`` (号码解析), ``plan`` (chunks into the ledger),
``batch`` (the vendor's send operation), ``clockwork`` (what happens by itself), ``views`` (progress and details).
"""
