"""The main errand from the command line: a newcomer, their company, a merchant, a reviewer."""
