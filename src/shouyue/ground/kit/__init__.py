"""Values without effects: clocks and ids as types, refusals, canonical JSON, working days."""
