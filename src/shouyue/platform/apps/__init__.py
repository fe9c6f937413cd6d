"""Apps of developers: who they are, what they may ask for, and the secrets they prove it with."""
