"""Floor 2: one folder per noun; rooms meet only through ``<room>.service`` and ``<room>.contracts``."""
