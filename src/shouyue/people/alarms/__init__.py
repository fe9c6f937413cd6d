"""Alarms: what the house noticed that a person must look at. Ids and words, never a value."""
