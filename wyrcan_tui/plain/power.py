"""Leaving: another start of this machine, the firmware's setup, off; and a shell, where `wyr.shell` allows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.power import restart_into_setup, why_no_setup
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import attempt, tell_error
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "The ways to leave: start the machine anew, switch it off, or go to the setup of its firmware, where that can be "
    "asked for. Each is asked about first. A shell is offered where wyr.shell is on the kernel command line."
)


def leave(desk: Desk) -> None:
    """Have somebody choose how to leave; each way is asked about first, but the shell, which leads back here.

    Raises:
        BackError: where they go back.
    """
    adapters = desk.adapters
    power, variables = adapters.power, adapters.variables

    def way(line: str, warning: str, farewell: str, act: Callable[[], None]) -> Way:
        return Way(line, lambda: desk.visit(partial(_confirm, desk, warning, farewell, act)))

    ways = [
        way(_("Restart"), _("This machine will restart."), _("This machine will restart now."), power.restart),
        way(
            _("Power off"),
            _("This machine will switch off."),
            _("This machine will switch off now."),
            power.power_off,
        ),
    ]
    hindrance = desk.work(partial(why_no_setup, variables), Meter())
    if not hindrance:
        ways.append(
            way(
                _("Restart into the firmware setup"),
                _("This machine will restart into the setup of its firmware."),
                _("This machine will restart into the setup of its firmware now."),
                partial(restart_into_setup, variables, power),
            )
        )
    if desk.decision.shell:
        ways.append(Way(_("Open a shell here"), partial(_open_shell, desk)))
    heading = "\n".join(filter(None, [_("Restart, power off"), hindrance]))
    while True:
        desk.choose(heading, ways, _(_HELP))


def _confirm(desk: Desk, warning: str, farewell: str, act: Callable[[], None]) -> None:
    desk.say("\n".join(["", warning, _("What is being done at any of its consoles ends.")]))
    if desk.agrees(_("Are you sure?")):
        desk.say(farewell)
        attempt(desk, lambda _meter: act())
        desk.wait_for_end()


def _open_shell(desk: Desk) -> None:
    said = _("A shell of the system that Wyrcan runs on, all of it in memory. The menu comes back when you type: exit")
    desk.say(f"\n{said}")
    adapters = desk.adapters
    try:
        with desk.teletype.lent():
            # Whoever is in the shell is here: the unattended boot must not take the machine from under it.
            adapters.shell.run(adapters.turn.attend)
    except WyrcanError as error:
        tell_error(desk, error)
