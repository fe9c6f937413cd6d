"""Shops, items, orders, refunds and buyers: generated, kept, changed and shown."""
