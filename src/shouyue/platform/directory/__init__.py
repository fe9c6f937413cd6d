"""The operator's directory of shops: whose a shop is, and who would receive its data."""
