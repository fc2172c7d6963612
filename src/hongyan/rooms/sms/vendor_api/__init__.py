"""The vendor's ``/v1/sms`` operations; shapes and spellings stay in here. Source: api.md §5.8 to §5.10."""
