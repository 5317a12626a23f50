"""Connections to hosts with several addresses: the next is tried before the last has failed (RFC 8305)."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain, zip_longest
from typing import Any, Final

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.names import Address, addresses_of
from wyrcan_tui.registry.watchdog import Watchdog
from wyrcan_tui.texts import _

_DELAY: Final = 0.25
"""Seconds that an address has for itself ("Connection Attempt Delay", section 5)."""

_PATIENCE: Final = 10.0
"""Seconds that are waited for a connection where nobody says."""

_LONGEST_HEAD: Final = 60.0
"""Seconds until an answer's headers must have come."""


def dial(host: str, port: int, seconds: float, meter: Meter) -> socket.socket:
    """Return a socket that is connected to the first of a host's addresses that answers.

    IPv6 and IPv4 take turns, whichever the resolver prefers first.

    Raises:
        OSError: ``socket.gaierror`` where the name is not known, ``TimeoutError`` where nothing answered within
            `seconds`, else what the last address failed with.
        CancelledError: where somebody asked to stop.
    """
    waiting = deque(_by_turns(addresses_of(host, port, meter)))
    deadline = time.monotonic() + seconds
    due = 0.0
    failure: OSError = TimeoutError()
    with selectors.DefaultSelector() as trying:
        try:
            while waiting or trying.get_map():
                meter.check()
                now = time.monotonic()
                if now >= deadline:
                    raise TimeoutError
                if waiting and (now >= due or not trying.get_map()):
                    try:
                        trying.register(_begin(*waiting.popleft()), selectors.EVENT_WRITE)
                        due = now + _DELAY
                    except OSError as error:
                        failure = error
                    continue
                # Never long, so that a wish to stop is seen: nothing can be hung up on that has not answered yet.
                for key, _events in trying.select(min(due if waiting else deadline, deadline, now + _DELAY) - now):
                    attempt = key.fileobj
                    assert isinstance(attempt, socket.socket)
                    trying.unregister(attempt)
                    if not (code := attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                        return attempt
                    attempt.close()
                    failure, due = OSError(code, os.strerror(code)), now
            raise failure
        finally:
            for key in list(trying.get_map().values()):
                assert isinstance(key.fileobj, socket.socket)
                key.fileobj.close()


class DialledConnection(HTTPConnection):
    """An HTTP connection that is made by `dial`, whose answers begin in time, and that `meter` can cancel."""

    meter: Meter

    def _new_conn(self) -> socket.socket:
        return _connected(self)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Return the answer, with its headers read."""
        with hung_up_on(self.sock, self.meter):
            return super().getresponse()


@dataclass(frozen=True, slots=True)
class Agreement:
    """What TLS came to with a server: its version, and until when the server's certificate is valid."""

    version: str
    valid_until: datetime


class DialledTlsConnection(HTTPSConnection):
    """The same for TLS.

    Attributes:
        agreement: what was agreed on; None until the connection is made.
    """

    meter: Meter
    agreement: Agreement | None = None
    _handle: socket.socket | None = None

    def connect(self) -> None:
        """Connect, through the proxy where there is one, and take note of what was agreed on."""
        try:
            with self.meter.waiting(self._hang_up):
                super().connect()
        finally:
            if self._handle is not None:
                self._handle.close()
        # Kept, as the socket is gone once a server has closed the connection behind its answer.
        tls: Any = self.sock
        ends = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
        self.agreement = Agreement(tls.version().replace("v", " "), datetime.fromtimestamp(ends, UTC))

    def send(self, data: Any) -> None:
        """Send a part of a request; where the server has hung up, what it said before is what is raised.

        With TLS 1.3 a client's certificate is refused after the handshake: the request may find the connection closed,
        and the alert that tells why is still unread (RFC 8446, 4.4.2.4 and E.1.2).
        """
        try:
            super().send(data)
        except (ssl.SSLEOFError, ConnectionResetError):
            if self.sock is not None:
                self.sock.recv(1)
            raise

    def _new_conn(self) -> socket.socket:
        made = _connected(self)
        # TLS takes the socket out of its object and keeps it for itself until both sides have agreed.
        self._handle = made.dup()
        if self.meter.cancelled:
            # Whoever wanted to hang up just now found nothing to do it with.
            self._hang_up()
        return made

    def _hang_up(self) -> None:
        if self._handle is not None:
            _shut(self._handle)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Return the answer, with its headers read."""
        with hung_up_on(self.sock, self.meter):
            return super().getresponse()


@contextmanager
def hung_up_on(connection: Any, meter: Meter) -> Iterator[None]:
    """End a connection on which the headers of an answer take too long (``TimeoutError``), or that is cancelled."""
    # An https:// proxy's connection is wrapped, and has its socket inside.
    within = getattr(connection, "socket", connection)

    hang_up = partial(_shut, within)
    late = TimeoutError(errno.ETIMEDOUT, _("its headers only trickled in"))
    with Watchdog(_LONGEST_HEAD, hang_up, late) as watchdog, watchdog.watching(), meter.waiting(hang_up):
        yield


def _shut(connection: socket.socket) -> None:
    # TLS's own way would take from under a thread that reads what it reads with.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _connected(connection: Any) -> socket.socket:
    seconds = connection.timeout or _PATIENCE
    try:
        made = dial(connection._dns_host.strip("[]"), connection.port, seconds, connection.meter)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except UnicodeError as error:
        # Python refuses what no DNS could hold: an empty label, or one of more than 63 characters.
        nobody = socket.gaierror(socket.EAI_NONAME, _("this cannot be the name of a host"))
        raise NameResolutionError(connection.host, connection, nobody) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"No address answered within {seconds:.0f} seconds.") from error
    except OSError as error:
        raise NewConnectionError(connection, f"The connection failed: {error}") from error
    made.settimeout(seconds)
    for option in connection.socket_options or ():
        made.setsockopt(*option)
    return made


def _begin(family: socket.AddressFamily, address: Any) -> socket.socket:
    attempt = socket.socket(family, socket.SOCK_STREAM)
    attempt.setblocking(False)
    try:
        attempt.connect(address)
    except BlockingIOError:
        pass
    except OSError:
        attempt.close()
        raise
    return attempt


def _by_turns(addresses: list[Address]) -> Iterable[Address]:
    first = [address for address in addresses if address[0] == addresses[0][0]]
    second = [address for address in addresses if address[0] != addresses[0][0]]
    return (address for address in chain.from_iterable(zip_longest(first, second)) if address)
