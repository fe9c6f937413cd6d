"""Connections to the databases, and one transaction on one of them."""
