"""A limit to calls that have none of their own: a byte now and then ends no time-out of a socket."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self


class Watchdog:
    """Ends calls on one connection that take too long.

    One thread watches all of them, from the first to the end of the ``with`` block: there can be thousands, and a
    thread for each would take longer than what they wait for.
    """

    def __init__(self, seconds: float, hang_up: Callable[[], None], late: Exception) -> None:
        """Take what each call may take.

        Args:
            seconds: how long that is.
            hang_up: ends the connection on which a call waits, in another thread; it must not raise.
            late: what such a call ends with, whatever it made of being cut off: that may look like a sound end.
        """
        self._seconds = seconds
        self._hang_up = hang_up
        self._late = late
        self._deadline = math.inf
        self._barked = False
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what is done in this block; what is done between two such blocks may take its time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
            self._thread.start()
        self._deadline = time.monotonic() + self._seconds
        try:
            yield
        except Exception as error:
            if self._barked:
                raise self._late from error
            raise
        finally:
            self._deadline = math.inf
        if self._barked:
            raise self._late

    def _watch(self) -> None:
        # Whatever deadline is set while it sleeps lies behind the end of that sleep.
        while (left := self._deadline - time.monotonic()) > 0:
            if self._over.wait(min(left, self._seconds)):
                return
        self._barked = True
        self._hang_up()
