"""Who of the staff looked at whom, and how much anybody may look at in a day."""
