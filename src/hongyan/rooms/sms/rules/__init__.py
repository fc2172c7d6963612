"""Rules of apps and signatures, templates, and values, all pure; states are tables."""
