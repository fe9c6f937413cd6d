"""What the gateway holds in memory of apps and tokens."""
