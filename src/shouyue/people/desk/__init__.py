"""The desk of staff who look at one person under a grant, one item at a time."""
