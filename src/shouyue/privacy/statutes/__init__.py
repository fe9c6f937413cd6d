"""The articles of law on which the house builds: which bid us hold what, which keep what."""
