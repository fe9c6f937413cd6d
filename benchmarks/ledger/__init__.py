"""The evidence log: leaves a second, size of a proof, time to verify."""
