"""The heart: the promises, the evidence, the personal data, consent, releases, the way out."""
