"""Who of the staff looked at whom, who was refused, and how much anybody may in a day."""
