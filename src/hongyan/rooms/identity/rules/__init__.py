"""Pure rules of identity: signatures, enterprise codes, names and passwords, lock-outs."""
