"""The event intake: the operator's systems tell what happened."""
