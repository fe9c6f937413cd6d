"""Who we are to systems inside: TLS in which both sides prove themselves (clause 5.1.1, INV-58).

The operator's upstreams and the key service may ask for a certificate of ours, and may stand behind
an authority of the operator's own. Versions and suites are those that our own door agrees on.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from shouyue.privacy.egress.errors import IdentityUnusable
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

Context = ssl.SSLContext
SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Those of TLS 1.2 (RFC 9325, 4.2); every suite of 1.3 is fit."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate of ours with the chain above it, and its private key: PEM files."""

    certificate: Path
    key: Path
    passphrase: str = field(default="", repr=False)


def authorities(own: Path | None = None) -> Context:
    """Return a TLS context that trusts the public authorities, or one's own from a PEM file alone.

    Whatever the environment says. Raises IdentityUnusable for a file that does not serve.
    """
    if own is None:
        return httpx2.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=own)
    except OSError:  # ssl.SSLError is one; its words may hold a path
        raise IdentityUnusable from None


@control(
    Clause.C5_1_1,
    says="To systems inside we prove who we are, and agree on nothing that our door would not.",
)
def inside(authority: Path | None = None, identity: Identity | None = None) -> Context:
    """Return what connections to one system inside are opened with.

    Raises IdentityUnusable for files that do not serve.
    """
    context = authorities(authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    if identity is not None:
        passphrase = identity.passphrase
        try:
            # A password that is asked for on a terminal would hang the start.
            context.load_cert_chain(identity.certificate, identity.key, lambda: passphrase)
        except OSError:
            raise IdentityUnusable from None
    return context
