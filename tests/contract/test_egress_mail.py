import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shouyue.privacy.egress.mail import Security, SmtpMail, SmtpSettings
from shouyue.privacy.egress.post import PostBox
from shouyue.privacy.egress.regions import Mainland
from shouyue.privacy.egress.types import Border, MailOut, SmsOut
from tests.house import StoppedClock

MAIL = MailOut("li@corp.cn", "认证已通过", "您的认证申请已通过审核。")


@contextmanager
def station(**answers: str) -> Iterator[tuple[int, list[str]]]:
    """A mail server for one conversation; `answers` replace its usual ones, by command."""
    heard: list[str] = []
    usual = {"EHLO": "250 here", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye"} | answers

    def serve() -> None:
        line, _ = listener.accept()
        with line, line.makefile("rwb") as talk:
            talk.write(b"220 here\r\n")
            talk.flush()
            letter = False
            for raw in talk:
                text = raw.decode().strip()
                heard.append(text)
                if letter and text != ".":
                    continue
                answer = usual.get(text.split(" ")[0].upper(), "250 well")
                letter = answer.startswith("354")
                talk.write(answer.encode() + b"\r\n")
                talk.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(5)


def port(number: int, security: Security = Security.DANGEROUS_NONE) -> SmtpMail:
    settings = SmtpSettings(
        "127.0.0.1", number, "Shouyue <no-reply@open.cn>", "", "", security, 2.0
    )
    return SmtpMail(settings, Border(Mainland(loopback=True).holds))


def test_a_mail_is_handed_over_whole() -> None:
    with station() as (number, heard):
        assert port(number).mail(MAIL).ok
    assert any("li@corp.cn" in line for line in heard if line.lower().startswith("rcpt"))
    assert "Auto-Submitted: auto-generated" in heard


def test_an_address_the_server_does_not_know_is_rejected() -> None:
    with station(RCPT="550 no such user") as (number, _):
        assert port(number).mail(MAIL).failure == "rejected"


def test_a_busy_server_is_tried_again_later() -> None:
    with station(RCPT="451 later") as (number, _):
        assert port(number).mail(MAIL).failure == "refused"


def test_a_server_without_tls_gets_no_mail_where_tls_is_set() -> None:
    with station() as (number, heard):
        assert port(number, Security.STARTTLS).mail(MAIL).failure == "refused"
    assert not any(line.lower().startswith("mail") for line in heard)


def test_a_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
    assert port(number).mail(MAIL).failure == "refused"


@pytest.mark.parametrize("to", ["li@corp.cn\r\nBcc: all@corp.cn", "li@corp.cn\nX: y"])
def test_an_address_with_a_line_break_is_rejected_before_any_connection(to: str) -> None:
    assert port(1).mail(MailOut(to, "s", "t")).failure == "rejected"


def test_the_post_box_keeps_the_last_two_hundred() -> None:
    box = PostBox(StoppedClock())
    for number in range(201):
        box.sms(SmsOut(str(number), "text", "template"))
    box.mail(MAIL)
    letters = box.messages()
    assert len(letters) == 200
    assert (letters[0].to, letters[-1].channel, letters[-1].subject) == ("2", "mail", "认证已通过")
