"""The only way out: HTTP to developers and partners, mail, SMS. Guards where it may lead."""
