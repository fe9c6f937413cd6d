"""Backups that cannot undo an erasure: manifests, restores, and the erasures done again."""
