"""Rules of the review desk: deadlines, guides by kind, the words of a decision, what proves a submission. Pure."""
