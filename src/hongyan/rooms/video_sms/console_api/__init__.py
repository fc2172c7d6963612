"""Video templates in the console: tenants' and the platform's own."""
