"""Signed calls that the house answers itself, behind the same door as all others."""
