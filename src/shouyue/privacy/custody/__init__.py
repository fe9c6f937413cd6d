"""Restricted storage: what law keeps from erasure, out of everybody's reach until its end."""
