"""Keys of people: made, used for one act, wrapped anew, moved between suites, destroyed."""
