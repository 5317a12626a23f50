"""What the kernel tells when the network changes: rtnetlink(7) of links and addresses, uevents of cards."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from types import TracebackType
from typing import Final, Self

import pyudev

# RTMGRP_LINK, RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR of linux/rtnetlink.h
_GROUPS: Final = 0x1 | 0x10 | 0x100
_SUBSYSTEMS: Final = ("net", "pci")
_MOST: Final = 1 << 16


class NetworkEvents:
    """Everything that happens to the network from now on, in a ``with`` block; what it was, sysfs tells."""

    def __init__(self, other: int | None = None) -> None:
        """Listen, and also to the open file `other`, for which somebody else reads what has come."""
        self._links = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE
        )
        self._links.bind((0, _GROUPS))
        # The kernel's own words: a card goes from sysfs later than from rtnetlink, and udev may not run.
        self._devices = pyudev.Monitor.from_netlink(pyudev.Context(), source="kernel")
        for subsystem in _SUBSYSTEMS:
            self._devices.filter_by(subsystem)
        self._devices.start()
        self._end, self._ended = socket.socketpair()
        self._poll = select.epoll()
        for file in (self._links.fileno(), self._devices.fileno(), self._ended.fileno()):
            self._poll.register(file, select.EPOLLIN)
        if other is not None:
            # A file on a disk never has news, and cannot be waited for.
            with contextlib.suppress(PermissionError):
                self._poll.register(other, select.EPOLLIN)

    def wait(self) -> bool:
        """Wait until something has happened, however much; False once `end` was called."""
        if any(file == self._ended.fileno() for file, _ in self._poll.poll()):
            return False
        self._drain()
        while self._devices.poll(timeout=0) is not None:
            pass
        return True

    def end(self) -> None:
        """Have `wait` return at once, from now on, in whatever thread it is."""
        self._end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._poll.close()
        self._links.close()
        self._ended.close()
        self._end.close()

    def _drain(self) -> None:
        while True:
            try:
                self._links.recv(_MOST)
            except BlockingIOError:
                return
            except OSError as error:
                # More has happened than there was room for; that something has is all that counts.
                if error.errno != errno.ENOBUFS:
                    raise
