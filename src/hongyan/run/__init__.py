"""Floor 3: one readable file per process; each builds its object graph and starts it."""
