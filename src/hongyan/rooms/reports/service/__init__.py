"""Use cases of the room: sums of days, exports made in the background."""
