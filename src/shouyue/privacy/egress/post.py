"""The development post box: keeps the last messages in memory and sends nothing."""

import threading
from collections import deque

from shouyue.ground.kit.types import Clock
from shouyue.privacy.egress.types import Channel, Letter, MailOut, Sent, SmsOut

_SIZE = 200


class PostBox:
    """Takes mail and text messages as a port does. Threads may share one."""

    def __init__(self, clock: Clock) -> None:
        """Start empty."""
        self._clock = clock
        self._letters: deque[Letter] = deque(maxlen=_SIZE)
        self._lock = threading.Lock()

    def mail(self, out: MailOut) -> Sent:
        """Keep one mail."""
        return self._keep(Letter(self._clock(), Channel.MAIL, out.to, out.subject, out.text))

    def sms(self, out: SmsOut) -> Sent:
        """Keep one text message."""
        return self._keep(Letter(self._clock(), Channel.SMS, out.to, "", out.text))

    def messages(self) -> list[Letter]:
        """Return the last 200 letters, oldest first."""
        with self._lock:
            return list(self._letters)

    def _keep(self, letter: Letter) -> Sent:
        with self._lock:
            self._letters.append(letter)
        return Sent(ok=True)
