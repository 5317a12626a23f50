"""What the kernel tells when the network changes: rtnetlink(7) of links and addresses, uevents of cards."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from types import TracebackType
from typing import Final, Self

# RTMGRP_LINK, RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR of linux/rtnetlink.h
_GROUPS: Final = 0x1 | 0x10 | 0x100
_KOBJECT_UEVENT: Final = 15
"""``NETLINK_KOBJECT_UEVENT`` of linux/netlink.h."""
_UEVENTS: Final = 1
"""The group of those that the kernel itself sends (lib/kobject_uevent.c): udev need not run."""
_MOST: Final = 1 << 16


class NetworkEvents:
    """Everything that happens to the network from now on, in a ``with`` block; what it was, sysfs tells."""

    def __init__(self, other: int | None = None) -> None:
        """Listen, and also to the open file `other`, for which somebody else reads what has come."""
        # A card goes from sysfs later than from rtnetlink, so both are needed.
        self._sources = (
            _listening(socket.NETLINK_ROUTE, _GROUPS),
            _listening(_KOBJECT_UEVENT, _UEVENTS),
        )
        self._end, self._ended = socket.socketpair()
        self._poll = select.epoll()
        for file in (*self._sources, self._ended):
            self._poll.register(file, select.EPOLLIN)
        if other is not None:
            # A file on a disk never has news, and cannot be waited for.
            with contextlib.suppress(PermissionError):
                self._poll.register(other, select.EPOLLIN)

    def wait(self) -> None:
        """Wait until something has happened, however much, or `end` was called."""
        self._poll.poll()
        for source in self._sources:
            _drain(source)

    def end(self) -> None:
        """Have `wait` return at once, from now on, in whatever thread it is."""
        self._end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._poll.close()
        for source in self._sources:
            source.close()
        self._ended.close()
        self._end.close()


def _listening(protocol: int, groups: int) -> socket.socket:
    source = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC, protocol)
    source.bind((0, groups))
    return source


def _drain(source: socket.socket) -> None:
    while True:
        try:
            source.recv(_MOST)
        except BlockingIOError:
            return
        except OSError as error:
            # More has happened than there was room for; that something has is all that counts.
            if error.errno != errno.ENOBUFS:
                raise
