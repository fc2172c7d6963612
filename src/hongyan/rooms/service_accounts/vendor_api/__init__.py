"""The vendor's ``/v1/aim-sa`` operations; shapes and spellings stay in here. Source: api.md §5.13."""
