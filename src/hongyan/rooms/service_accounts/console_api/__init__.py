"""The console's doors of service accounts: accounts and their parts, channel numbers, shortcut keys, pictures."""
