"""Every use of cryptography in the house. Outside this room nothing imports a cipher or a MAC."""
