"""The list of places where a sealed value may be opened, for people and for tools."""
