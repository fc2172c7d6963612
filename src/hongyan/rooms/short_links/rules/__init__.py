"""Pure rules of short links: numbers and codes, the map of ranges, the throttle of guessers, names and URLs."""
