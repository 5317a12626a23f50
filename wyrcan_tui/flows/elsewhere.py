"""What goes on without this console: the unattended boot, or somebody at another one."""

from __future__ import annotations

import time

from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status, Turn
from wyrcan_tui.texts import _


def waits_for_key(turn: Turn, status: Status | None) -> bool:
    """Tell whether the unattended boot goes on, which a key at any console stops."""
    return status is not None and status.owner == OWNER and not turn.attended


def elsewhere(turn: Turn, console: str) -> Status | None:
    """Return what is told of a boot that `console` must wait for; None where there is none, or it is just stopping."""
    status = turn.status()
    if status is None or status.owner == console:
        return None
    return None if status.owner == OWNER and turn.attended else status


def sentence(status: Status) -> str:
    """Return what a boot elsewhere does, where, and when it goes on."""
    note = status.note
    if status.deadline:
        seconds = max(0, round(status.deadline - time.monotonic()))
        note = _("{note} In {seconds} seconds.").format(note=note, seconds=seconds)
    if status.owner == OWNER:
        return note
    return _("From the console {console}: {note}").format(console=status.owner, note=note)
