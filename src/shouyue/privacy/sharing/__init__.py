"""Who receives personal data from us: recipients, provisions, and every single release."""
