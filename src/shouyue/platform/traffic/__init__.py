"""Traffic: the calls that were made, one line each, and what they add up to by the hour."""
