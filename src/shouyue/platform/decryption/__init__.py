"""Buyers' fields by API: opened for one order at a time, counted, and written down first."""
