"""What a template must be, and the document made of it. Pure."""
