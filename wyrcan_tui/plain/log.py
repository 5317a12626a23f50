"""The log: what was done and what went wrong in this menu, and what the system wrote down."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from wyrcan_tui.flows.history import system_lines
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

if TYPE_CHECKING:
    # Every question of the desk leads to the log.
    from wyrcan_tui.plain.desk import Desk

_LINES: Final = 15
"""Lines that are printed at a time, so that nobody waits for all of them on a slow line."""
_HELP: Final = later(
    "What was done and what went wrong in this menu since it started, with the time in UTC; and the last lines of this "
    "system's services and of its kernel. The newest lines come first, in parts. Passwords, tokens and keys are left "
    "out: three dots stand in their place."
)


def look_at_log(desk: Desk) -> None:
    """Have somebody choose a part of the log as it is now, and print its end. No secret is in it.

    Raises:
        BackError: where they go back.
    """
    events = tuple(map(str, desk.history.events))
    system = desk.work(partial(system_lines, desk.adapters.log), Meter())
    nothing = _("Nothing that can be read here.")

    def way(title: str, lines: Sequence[str], otherwise: str) -> Way:
        return Way(title, lambda: desk.visit(partial(_read, desk, title, lines or [otherwise])))

    ways = [
        way(_("In this menu (UTC)"), events, _("Nothing yet.")),
        way(_("Services of this system"), system.services, nothing),
        way(_("Its kernel"), system.kernel, nothing),
    ]
    while True:
        desk.choose(_("What was done and what went wrong"), ways, _(_HELP))


def _read(desk: Desk, title: str, lines: Sequence[str]) -> None:
    """Print the last lines, and those before them as often as somebody wants."""
    end = len(lines)
    while True:
        begin = max(0, end - _LINES)
        desk.say("\n".join([f"\n{title}:", *lines[begin:end]]))
        if begin == 0:
            raise BackError
        end = begin
        desk.choose("", [Way(_("Earlier lines"), lambda: None)], _(_HELP))
