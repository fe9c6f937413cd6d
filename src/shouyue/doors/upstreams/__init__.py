"""The ways to and from the operator's own systems: APIs sent on to them, events taken in."""
