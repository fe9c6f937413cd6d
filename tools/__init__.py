"""Own lints and generators, with their own tests."""
