"""Why each item about a person may be held: one basis, fixed before anything is collected."""
