"""Which edition of the policy was announced when, is in force since when, and what each said."""
