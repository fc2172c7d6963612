"""The use cases of the smart room, one file per noun."""
