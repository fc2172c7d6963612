"""SMS towards the console: apps, signatures, templates, looks at drafts, pickers, auto-answers, proofs."""
