"""What phones and their vendors reach on the links port: the account beside a message, and pictures."""
