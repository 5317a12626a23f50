"""What a boot that goes on without this console prints here: few lines, as every one of them costs a slow line time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from wyrcan_tui.flows.elsewhere import sentence
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

INTERVAL: Final = 5.0
"""Seconds between two lines about the same piece of work."""


class Elsewhere:
    """Prints what is new about a boot.

    Attributes:
        anything: whether something was printed.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._known = ("", "", 0.0)
        self._printed = ""
        self._troubles = ("", "")
        self._due = 0.0
        self.anything = False

    def show(self, status: Status) -> None:
        """Print what `status` tells: a new step at once, and how far it is now and then."""
        known = (status.owner, status.note, status.deadline)
        if known == self._known and time.monotonic() < self._due:
            return
        fresh, self._known, self._due = known != self._known, known, time.monotonic() + INTERVAL
        line = _line(status)
        if line == self._printed or (status.deadline and not fresh):
            return
        self._printed, self.anything = line, True
        troubles = (
            _("The last try failed: {error}").format(error=status.error) if status.error else "",
            status.problems,
        )
        if troubles != self._troubles:
            self._troubles = troubles
            self._say("\n".join(filter(None, troubles)))
        self._say(line)


def _line(status: Status) -> str:
    if status.deadline:
        seconds = max(0, round(status.deadline - time.monotonic()))
        said = _("Booting {reference} in {seconds} seconds. Press Enter for the menu.")
        return said.format(reference=status.reference, seconds=seconds)
    if status.starting:
        return status.note
    share = _("{done} of {total}.").format(done=size_text(status.done), total=size_text(status.total))
    todo = _("Press Enter for the menu.") if status.owner == OWNER else _("Wait, or stop it there.")
    return " ".join(filter(None, [sentence(status), share if status.total else "", todo]))
