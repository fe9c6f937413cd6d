"""Mail over SMTP to the operator's own server (RFC 5321), under TLS, in the mainland (5.6)."""

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from typing import Any

from shouyue.privacy.egress import network
from shouyue.privacy.egress.types import Border, Failure, MailOut, Resolver, Sent

_NEVER = 500  # RFC 5321 §4.2.1: a reply of 4yz may change, one of 5yz will not


class Security(StrEnum):
    """How the line to the mail server is secured."""

    STARTTLS = "starttls"
    TLS = "tls"
    DANGEROUS_NONE = "dangerous-none"  # a server on the same machine


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail is handed over, and as whom. `sender` is a full From header."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = Security.STARTTLS
    timeout: float = 15.0


class _Abroad(Exception):  # noqa: N818 - an answer, not an error
    """The server has an address outside the mainland."""


class SmtpMail:
    """A mail port over SMTP. One connection a mail."""

    def __init__(
        self,
        settings: SmtpSettings,
        border: Border,
        *,
        resolver: Resolver = network.resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Connect to nothing yet; `tls` defaults to the system's authorities.

        Every mail names a person, so each goes only where the border admits.
        """
        self._settings = settings
        self._border = border
        self._resolver = resolver
        self._tls = tls or ssl.create_default_context()

    def mail(self, out: MailOut) -> Sent:
        """Hand one mail over; failures are `abroad`, `timeout`, `tls`, `refused`, `rejected`."""
        try:
            message = _compose(self._settings.sender, out)
            with self._connect() as server:
                server.send_message(message)
        except _Abroad:
            self._border.turned("mail", "")
            return Sent(ok=False, failure=Failure.ABROAD)
        except TimeoutError:
            return Sent(ok=False, failure=Failure.TIMEOUT)
        except ssl.SSLError:
            return Sent(ok=False, failure=Failure.TLS)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError) as no:
            return Sent(ok=False, failure="rejected" if _for_good(no) else Failure.REFUSED)
        except (smtplib.SMTPException, OSError):
            return Sent(ok=False, failure=Failure.REFUSED)
        return Sent(ok=True)

    def _connect(self) -> smtplib.SMTP:
        chosen, address = self._settings, self._address()
        if chosen.security is Security.TLS:
            server: smtplib.SMTP = _SmtpTls(
                address, chosen.host, chosen.port, timeout=chosen.timeout, context=self._tls
            )
        else:
            server = _Smtp(address, chosen.host, chosen.port, timeout=chosen.timeout)
        try:
            if chosen.security is Security.STARTTLS:
                server.starttls(context=self._tls)
            if chosen.user:
                server.login(chosen.user, chosen.password)
        except BaseException:
            server.close()
            raise
        return server

    def _address(self) -> str:
        host = self._settings.host
        addresses = self._resolver(host, self._settings.port)
        if not all(self._border.admits(address, host) for address in addresses):
            raise _Abroad
        return addresses[0]


class _Pinned:
    """Connects to the address that was judged; the certificate is still the name's."""

    def __init__(self, address: str, *args: Any, **more: Any) -> None:
        self._pinned = address
        super().__init__(*args, **more)

    def _get_socket(self, _host: str, port: int, timeout: float) -> socket.socket:
        # The library's own place for subclasses that connect in another way.
        opened: socket.socket = super()._get_socket(self._pinned, port, timeout)  # type: ignore[misc]  # a mixin before smtplib's classes
        return opened


class _Smtp(_Pinned, smtplib.SMTP):
    """SMTP, to a judged address."""


class _SmtpTls(_Pinned, smtplib.SMTP_SSL):
    """SMTP under TLS from the first byte, to a judged address."""


def _for_good(no: Exception) -> bool:
    """Tell whether the server (5xx), or the form of the address, says that it will never arrive."""
    if isinstance(no, smtplib.SMTPRecipientsRefused):
        return all(code >= _NEVER for code, _ in no.recipients.values())
    return not isinstance(no, smtplib.SMTPDataError) or no.smtp_code >= _NEVER


def _compose(sender: str, out: MailOut) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = out.to  # a line break in it raises ValueError
    message["Subject"] = out.subject
    message["Date"] = formatdate(localtime=False)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(out.text)
    return message
