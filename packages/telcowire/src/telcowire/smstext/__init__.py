"""Text of short messages: alphabets, counting, user data headers, long messages, signatures."""
