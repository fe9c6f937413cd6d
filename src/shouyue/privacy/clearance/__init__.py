"""Who of the operator's staff may look, at whom, for what and until when; and who did (5.1.2)."""
