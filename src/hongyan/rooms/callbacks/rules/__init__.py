"""Pure rules of callbacks: bodies, times of repetition, signatures, URLs."""
