"""The signed API door: checks a call, asks the upstream, veils people's data, writes it down."""
