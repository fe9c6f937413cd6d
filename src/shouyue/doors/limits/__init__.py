"""Limits of calls that several gateways share."""
