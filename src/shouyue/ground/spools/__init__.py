"""Files on their way through the house."""
