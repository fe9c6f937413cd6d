"""The ways to the operator's own systems: which one answers an API, and what if it does not."""
