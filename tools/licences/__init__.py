"""Which licences we have agreed to, who uses them, and the NOTICE file made of that. Run it: `python -m licences`."""
