"""The console's doors of the smart room: card templates as their owners see them."""
