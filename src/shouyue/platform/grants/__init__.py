"""What merchants let apps do: who gave what to whom, until when, and how it ends."""
