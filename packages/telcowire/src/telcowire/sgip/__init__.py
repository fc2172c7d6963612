"""SGIP 1.2 (China Unicom): field tables, sequences of 96 bits, state reports, and both directions of login."""
