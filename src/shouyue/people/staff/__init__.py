"""The operator's staff: who they are by handle, how they enter, what each may do."""
