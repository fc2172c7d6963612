"""Floor 1: what every room stands on and that knows no room.

Settings, time, ids, errors, keys, database, bus, jobs, files, HTTP.
"""
