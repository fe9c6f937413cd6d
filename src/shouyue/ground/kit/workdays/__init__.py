"""The State Council's yearly notices on days off, one file a year."""
