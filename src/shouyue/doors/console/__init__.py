"""Staff pages: each act has a purpose and a reason, and lands in the ledger."""
