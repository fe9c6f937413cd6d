"""Certification: who a company is, who stands for it, and what these people say themselves."""
