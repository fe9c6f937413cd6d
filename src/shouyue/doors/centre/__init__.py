"""The person's own: certification papers, confirmations by the people named, the privacy centre."""
