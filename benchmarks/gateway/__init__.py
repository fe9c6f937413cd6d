"""What a signed call costs: our gateway beside others that do the same work, in one run."""
