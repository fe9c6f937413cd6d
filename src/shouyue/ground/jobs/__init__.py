"""Work that outlives its transaction: rows enqueued with the facts, leases with fencing, bells."""
