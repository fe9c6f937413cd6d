"""The sandbox's own pages: plain, small, and marked as a sandbox."""
