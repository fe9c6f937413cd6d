"""Shapes of personal values: the spelling by which two are equal, and the mask that is shown."""
