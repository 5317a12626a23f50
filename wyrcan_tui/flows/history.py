"""What was done and what went wrong, as it is remembered and told later."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.progress import Progress, Report

_MOST: Final = 500
"""Events that are remembered; the oldest go first."""
_LINES: Final = 200
"""Lines of each of the system's logs that are told."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, and a sentence about it."""

    at: datetime
    words: str

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}  {self.words}"


class History:
    """What happened since this program was started. No secret gets in. May be used by several threads at once."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._events: deque[Event] = deque(maxlen=_MOST)

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, the oldest first."""
        return tuple(self._events)

    def note(self, words: str) -> None:
        """Remember something; what is said twice in a row is remembered once."""
        words = printable(redacted(words))
        if words and not (self._events and self._events[-1].words == words):
            self._events.append(Event(self._now(), words))

    def note_error(self, error: WyrcanError) -> None:
        """Remember an error with its code."""
        self.note(f"{error.message} ({error.code})")

    def listening(self, report: Report = lambda progress: None, *, steps: bool = False) -> Report:
        """Return a receiver of progress that remembers each trouble, and with `steps` each step.

        All of it is passed on to `report`.
        """
        told = ""

        def listen(progress: Progress) -> None:
            nonlocal told
            now = progress.sentence if steps else progress.trouble
            if now != told:
                told = now
                self.note(told)
            report(progress)

        return listen


@dataclass(frozen=True, slots=True)
class SystemLines:
    """The last lines of what this system wrote down: its services, and its kernel. No secret is in them."""

    services: tuple[str, ...]
    kernel: tuple[str, ...]


def system_lines(log: SystemLog) -> SystemLines:
    """Return the last lines of the system's logs; none of a log that cannot be read."""
    services, kernel = (
        tuple(printable(redacted(line)) for line in lines) for lines in (log.journal(_LINES), log.kernel(_LINES))
    )
    return SystemLines(services, kernel)
