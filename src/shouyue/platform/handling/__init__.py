"""Handling: what apps say of their own use of the data that they received."""
