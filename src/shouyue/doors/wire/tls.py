"""TLS where no proxy ends it before us: 1.2 and 1.3 with forward secrecy, and nothing older.

RFC 8446, RFC 9325 (4.2); clause 5.1.1. Chinese suites over TLCP are ended by a proxy.
"""

import ssl
from pathlib import Path

from shouyue.doors.wire.errors import TlsUnusable
from shouyue.privacy.egress.identities import SUITES
from shouyue.privacy.policy.clauses import Clause
from shouyue.privacy.policy.control import control

Context = ssl.SSLContext


@control(Clause.C5_1_1, says="Where we end TLS, nothing below 1.2 and no unfit suite is agreed on.")
def ended_here(certificate: Path, key: Path, passphrase: str = "") -> Context:
    """Return what a server listens with, or raise TlsUnusable for files that do not serve."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A password that is asked for on a terminal would hang the start.
        context.load_cert_chain(certificate, key, lambda: passphrase)
    except OSError:  # ssl.SSLError is one; its words may hold a path
        raise TlsUnusable from None
    return context
