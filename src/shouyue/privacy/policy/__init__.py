"""The privacy policy as source: clauses, data items, purposes, cookies, versions, rendering.

The text and the tables beside it are the one place where the platform says what it does with
personal data. Screens, lists, consent notices and retention are rendered from them, so that
text and behaviour cannot drift apart. Clauses: all; this room itself keeps H and 0.2.
"""
