"""The pages for developers, merchants, the public, and people looking after their own data."""
