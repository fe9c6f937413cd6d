"""The opened APIs, events and permission packages, as files that read like the protocol."""
