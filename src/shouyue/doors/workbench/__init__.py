"""The developer's bench: try an API, compare a signature, look at a token."""
