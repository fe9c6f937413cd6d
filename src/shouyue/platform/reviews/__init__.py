"""Reviews: people at the operator decide on a certification, and look at it again in time."""
