"""Who is there, and how we reach them."""
