"""Whether somebody is at a console, or its line sends by itself."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.host.turn import Turn

PRESSING: Final = 0.2
"""Seconds in which keys are counted before they count as somebody's."""
_MOST_PRESSED: Final = 8
"""Keys that a person makes in that time, with some air: a key that is held down repeats thirty times a second."""


class Presence:
    """Counts keys, and tells the other consoles that somebody is here, unless the line sends by itself.

    A line may give back all that it gets, as one does that leads to another machine's login: what is drawn once a
    second comes back as a hundred keys at once, and would hold the unattended boot back for ever.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._pressed = 0

    def press(self, keys: int = 1) -> bool:
        """Count keys; tell whether they are the first, so that `judge` is due `PRESSING` seconds from now."""
        first = not self._pressed
        self._pressed += keys
        return first

    def judge(self) -> bool:
        """Return whether what was counted were somebody's keys, and put down the mark that somebody is here.

        Raises:
            WyrcanError: ``turn-unwritable``.
        """
        pressed, self._pressed = self._pressed, 0
        if pressed > _MOST_PRESSED:
            return False
        self._turn.attend()
        return True
