"""A bad network on this machine: a TCP proxy that swallows, delays, cuts, resets and refuses when it is told to."""
