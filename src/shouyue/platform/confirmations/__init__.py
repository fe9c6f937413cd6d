"""Confirmations: the own word of people whom somebody else has named."""
