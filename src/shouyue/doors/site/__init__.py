"""Everybody's pages: what the platform is, the policy and its lists, log-in, the account."""
