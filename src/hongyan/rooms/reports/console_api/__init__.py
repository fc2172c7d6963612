"""The console's endpoints of the room."""
