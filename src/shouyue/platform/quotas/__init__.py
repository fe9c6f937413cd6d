"""How often apps may call: by second and by day, per app, API and merchant."""
