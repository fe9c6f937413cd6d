"""A stand-in for the parent platform's login. Speaks its protocol; its accounts are invented."""
