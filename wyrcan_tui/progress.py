"""How far a piece of work is: a small value, pushed upward at a pace that a slow screen can follow."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from wyrcan_tui.texts import ngettext

INTERVAL = 0.2
"""Seconds between two reports of the same stage: five a second look alive, even at 9600 baud."""


_WINDOW = 5.0
"""Seconds that a speed is reckoned over: long enough not to jump, short enough to tell of now."""

_UNITS = ("", "kB", "MB", "GB")
"""What is written after a size, from a thousand bytes on; these are the same everywhere (IEC 80000-13)."""


class CancelledError(Exception):
    """Somebody asked the work to stop: nothing failed, and nothing was half done."""


class Stage(StrEnum):
    """The steps of a boot, in their order."""

    NETWORK = "network"
    RESOLVE = "resolve"
    LAYERS = "layers"
    LOAD = "load"
    START = "start"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is transferred: its name, bytes done and bytes in all."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of the work: the stage, a sentence about it, and the items it consists of."""

    stage: Stage
    note: str = ""
    items: tuple[Item, ...] = ()
    trouble: str = ""
    """What goes wrong just now and is being tried again, in a sentence; empty where all is well."""

    @property
    def sentence(self) -> str:
        """What there is to say now."""
        return self.trouble or self.note

    @property
    def done(self) -> int:
        """Bytes done over all items."""
        return sum(item.done for item in self.items)

    @property
    def total(self) -> int:
        """Bytes of all items."""
        return sum(item.total for item in self.items)


Report = Callable[[Progress], None]


class Meter:
    """Collects progress from any thread, passes on at most one value per `INTERVAL`, and carries the wish to stop.

    `report` is called from whichever thread does the work, one call at a time.
    """

    def __init__(self, report: Report = lambda progress: None) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._reporting = threading.Lock()
        self._now = Progress(Stage.RESOLVE)
        self._due = 0.0
        self._cancelled = threading.Event()
        self._waits: list[Callable[[], None]] = []
        self._stopping = threading.Lock()

    def cancel(self) -> None:
        """Ask the work to stop at its next step, and end what it waits for now. Safe from any thread."""
        with self._stopping:
            self._cancelled.set()
            for hang_up in self._waits:
                hang_up()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `CancelledError` when somebody asked to stop."""
        if self._cancelled.is_set():
            raise CancelledError

    def pause(self, seconds: float) -> None:
        """Wait for `seconds`, or raise `CancelledError` as soon as somebody asks to stop."""
        if self._cancelled.wait(seconds):
            raise CancelledError

    @contextmanager
    def waiting(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Wait in this block for what may never come; `cancel` ends that by `hang_up`, which it calls only within.

        It is called in the thread that cancels, and must neither raise nor wait.

        Raises:
            CancelledError: where somebody asked to stop before the end of the block, whatever it made of being cut off:
                that may look like a sound end.
        """
        with self._stopping:
            self.check()
            self._waits.append(hang_up)
        try:
            yield
        except Exception as error:
            if self.cancelled:
                raise CancelledError from error
            raise
        finally:
            with self._stopping:
                self._waits.remove(hang_up)
        self.check()

    def enter(self, stage: Stage, note: str = "", items: Sequence[Item] = ()) -> None:
        """Begin a stage; reported at once."""
        self.check()
        with self._lock:
            self._now = Progress(stage, note, tuple(items))
            self._due = time.monotonic() + INTERVAL
            now = self._now
        self._pass_on(now)

    def trouble(self, what: str) -> None:
        """Tell what goes wrong and is tried again, until something goes on; reported at once."""
        self.check()
        with self._lock:
            now = self._now = replace(self._now, trouble=what)
        self._pass_on(now)

    def advance(self, index: int, count: int) -> None:
        """Add `count` bytes to item `index` of the present stage; reported when the last report is old enough."""
        self.check()
        with self._lock:
            item = self._now.items[index]
            item = replace(item, done=max(0, item.done + count))
            items = (*self._now.items[:index], item, *self._now.items[index + 1 :])
            self._now = replace(self._now, items=items, trouble="")
            complete = item.done >= item.total
            if not complete and time.monotonic() < self._due:
                return
            self._due = time.monotonic() + INTERVAL
            now = self._now
        self._pass_on(now)

    def _pass_on(self, now: Progress) -> None:
        with self._reporting:
            self._report(now)


class Pace:
    """How fast something goes on: over the last seconds, as an average since the start tells nothing of now."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._samples: deque[tuple[float, int]] = deque()

    def take(self, done: int) -> None:
        """Take note of how many bytes are done now; fewer than before begin anew."""
        now = self._now()
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((now, done))
        # One that is just too old stays, so that there is always a whole window to look at.
        while len(self._samples) > 2 and self._samples[1][0] <= now - _WINDOW:
            self._samples.popleft()

    @property
    def speed(self) -> float:
        """Bytes in a second; 0 where nothing moves, or nothing is known yet."""
        if len(self._samples) < 2:
            return 0.0
        (first, before), (last, done) = self._samples[0], self._samples[-1]
        return (done - before) / (last - first) if last > first else 0.0

    def left(self, total: int) -> float | None:
        """Return the seconds until all of `total` is done; None where nobody can tell."""
        if not self._samples or not self.speed:
            return None
        return max(0, total - self._samples[-1][1]) / self.speed


def size_text(size: float) -> str:
    """Return a number of bytes in the units that people use for downloads: ``34.5 MB``."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    if unit:
        return f"{size:.1f} {_UNITS[unit]}"
    number = round(size)
    return ngettext("{number} byte", "{number} bytes", number).format(number=number)
