"""How far work is, in a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from wyrcan_tui.plain.elsewhere import INTERVAL
from wyrcan_tui.progress import Progress, size_text
from wyrcan_tui.texts import _


class ProgressLines:
    """Keeps the newest progress, from whichever thread works, and prints it from the one that asks the questions."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._now: Progress | None = None
        self._printed = ("", 0)
        self._due = 0.0

    def report(self, progress: Progress) -> None:
        """Take note of how far it is."""
        self._now = progress

    def print(self) -> None:
        """Print a new step at once, and how far it is now and then, where it goes on."""
        now = self._now
        if now is None or not now.sentence:
            return
        is_new = now.sentence != self._printed[0]
        if (now.sentence, now.done) == self._printed or (not is_new and time.monotonic() < self._due):
            return
        self._printed, self._due = (now.sentence, now.done), time.monotonic() + INTERVAL
        self._say(f"{now.sentence} {_share(now)}".rstrip())


def _share(now: Progress) -> str:
    if not now.total:
        return ""
    said = _("{done} of {total}, {percent}%")
    return said.format(done=size_text(now.done), total=size_text(now.total), percent=100 * now.done // now.total)
