"""What reviewers look at and why they refuse, in both languages."""
