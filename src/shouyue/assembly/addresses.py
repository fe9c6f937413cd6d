"""Addresses of the database and of Redis: whoever proves who we are there does it whole.

Both drivers take the files in the address itself. Half of it would connect without, or trust
anybody, and nothing would tell (clause 5.1.1, INV-58).
"""

from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa

_DATABASE = {"sqlite", "postgresql+psycopg"}
_REDIS = {"", "redis", "rediss", "unix"}


def check_database(url: str) -> None:
    """Return if the address is of a database we know, and what it says of TLS whole; or ValueError.

    Names of libpq: https://www.postgresql.org/docs/current/libpq-connect.html.
    """
    if url and url.partition(":")[0] not in _DATABASE:
        raise ValueError("an address that begins with sqlite or postgresql+psycopg")
    try:
        sa.make_url(url or "sqlite://")
    except (sa.exc.ArgumentError, ValueError):  # which would quote a part of it
        raise ValueError("an address that can be read") from None
    said = _said(url)
    if ("sslcert" in said) != ("sslkey" in said):
        raise ValueError("sslcert and sslkey together")
    if "sslcert" in said and (said.get("sslmode") != "verify-full" or "sslrootcert" not in said):
        raise ValueError("a client certificate only with sslmode=verify-full and sslrootcert")
    if said.get("ssl_min_protocol_version", "TLSv1.2") not in {"TLSv1.2", "TLSv1.3"}:
        raise ValueError("nothing below TLSv1.2")


def check_redis(url: str) -> None:
    """Return if the address leads to a Redis, and what it says of TLS is whole; else ValueError."""
    scheme, said = url.partition("://")[0], _said(url)
    if scheme not in _REDIS:
        raise ValueError("an address that begins with rediss, redis or unix")
    if any(name.startswith("ssl_") for name in said) and scheme != "rediss":
        raise ValueError("ssl_ settings only with rediss")
    if ("ssl_certfile" in said) != ("ssl_keyfile" in said):
        raise ValueError("ssl_certfile and ssl_keyfile together")
    lax = said.get("ssl_cert_reqs", "required") != "required"
    if lax or said.get("ssl_check_hostname", "true").lower() not in {"true", "1", "yes"}:
        raise ValueError("the server's certificate and name are checked")
    if {"ssl_min_version", "ssl_ciphers"} & said.keys():
        raise ValueError("versions and suites are those of our own door")


def _said(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
