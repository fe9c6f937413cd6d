"""How we reach people: message classes, templates, preferences, inbox, delivery records."""
