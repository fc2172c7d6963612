"""What the audience keeps: rows of files and opt-outs, and sealed parts in the file store."""
