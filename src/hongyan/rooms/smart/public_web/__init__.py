"""What stands on the links port beside the redirector: resolver and events for handset vendors, H5 cards, pictures."""
