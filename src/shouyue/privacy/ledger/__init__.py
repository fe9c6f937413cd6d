"""The evidence log: what happened, provable to a stranger, without saying to whom it happened."""
