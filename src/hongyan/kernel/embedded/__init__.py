"""Real servers as children of ours.

PostgreSQL and NATS from Python wheels, for installations without services of their own.
"""
