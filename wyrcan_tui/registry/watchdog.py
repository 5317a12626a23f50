"""A limit to calls that have none of their own: a byte now and then ends no time-out of a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def watchdog(seconds: float, hang_up: Callable[[], None], late: Exception) -> Iterator[None]:
    """Raise `late` where what is in the ``with`` block takes more than `seconds`.

    Args:
        seconds: how long it may take.
        hang_up: ends the connection on which the block waits, in another thread; it must not raise.
        late: what the block then ends with, whatever it made of being cut off: that may look like a sound end.
    """
    barked = threading.Event()

    def bark() -> None:
        barked.set()
        hang_up()

    timer = threading.Timer(seconds, bark)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if barked.is_set():
            raise late from error
        raise
    finally:
        timer.cancel()
    if barked.is_set():
        raise late
