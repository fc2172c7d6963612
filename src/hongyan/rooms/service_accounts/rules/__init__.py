"""Rules of accounts, menus, home pages, channel numbers, regions and pictures. Pure. Source: api.md §5.13."""
