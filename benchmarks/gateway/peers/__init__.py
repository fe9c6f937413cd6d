"""Gateways that ours is measured beside."""
