"""The addresses of a host, asked for in a way that can be given up: the resolver itself has no end before its own."""

from __future__ import annotations

import socket
import threading
from typing import Any

from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _

Address = tuple[socket.AddressFamily, Any]
"""A family, and what a socket of it is connected to."""


def addresses_of(host: str, port: int, meter: Meter) -> list[Address]:
    """Return the addresses of a host, those that the resolver prefers first.

    Raises:
        socket.gaierror: the name is not known, or nobody was there to ask, or it can be no name at all.
        CancelledError: where somebody asked to stop; a thread then waits for the resolver to give up (resolv.conf(5),
            ``timeout``), and does nothing else.
    """
    found: list[Address] = []
    failures: list[Exception] = []
    over = threading.Event()

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys((family, address) for family, *_kinds, address in answers))
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked must learn of it
            failures.append(error)
        over.set()

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    with meter.waiting(over.set):
        over.wait()
    if not failures:
        return found
    if isinstance(failures[0], ValueError):
        # Names with empty or endless parts do not even get as far as the resolver.
        raise socket.gaierror(socket.EAI_NONAME, _("No host can have such a name")) from failures[0]
    raise failures[0]
