"""All statements on the tables of carriers. Accounts belong to the installation, not to a tenant."""
