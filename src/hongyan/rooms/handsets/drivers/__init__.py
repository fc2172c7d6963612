"""How handset vendors are spoken to: one module per interface."""
