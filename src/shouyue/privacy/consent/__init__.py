"""Who agreed to what, refused or withdrew it, and under which exact words."""
