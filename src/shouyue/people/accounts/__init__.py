"""Who is there: people, how they prove it, and how long the proof lasts."""
