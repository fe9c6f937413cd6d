"""Staff pages on what is held: the register, emergencies, restricted storage and legal holds."""
