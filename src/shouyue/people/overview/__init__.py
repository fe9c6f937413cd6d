"""What a person sees of oneself: held, looked at, agreed to, passed on. Masked, and in words."""
