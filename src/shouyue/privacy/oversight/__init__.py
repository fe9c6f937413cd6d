"""What the operator's staff see of all that is held: grounds, use, and emergencies."""
