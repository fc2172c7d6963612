"""The console's doors of service accounts: accounts with menus and home pages, channel numbers, pictures."""
