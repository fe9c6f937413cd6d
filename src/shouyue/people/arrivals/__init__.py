"""The way to the door: what a browser carries between the steps of a log-in, and whom we ask."""
