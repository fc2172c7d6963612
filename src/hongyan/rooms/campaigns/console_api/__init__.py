"""Send tasks and the overview in the console."""
