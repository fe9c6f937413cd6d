"""Where the operator's systems tell what happened: for apps to hear, or for the house itself."""
