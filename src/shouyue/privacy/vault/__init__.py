"""Personal data, sealed under keys of the person they belong to; the only place with plaintext."""
