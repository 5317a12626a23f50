"""Ending what this machine does: another start, the firmware's setup, off; and a shell for who wants to look inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.texts import _
from wyrcan_tui.uefi.firmware import POSSIBLE_WISHES, WISHES, asking_for_setup, has_setup


class Power(Protocol):
    """What can switch the machine (see `host.power.Power`)."""

    def restart(self) -> None:
        """Start it anew."""

    def power_off(self) -> None:
        """Switch it off."""


class Shell(Protocol):
    """What can run a shell on this terminal (see `host.shell.Shell`)."""

    def run(self, still: Callable[[], None]) -> None:
        """Run it until it ends, and call `still` now and then."""


def why_no_setup(variables: EfiVariables) -> str:
    """Return why the firmware's setup cannot be asked for, in a sentence; empty where it can."""
    if not variables.supported:
        return _("This machine was not started by UEFI firmware: its setup opens by a key at the next start.")
    try:
        possible = variables.read(POSSIBLE_WISHES)
    except WyrcanError as error:
        return error.message
    if has_setup(possible):
        return ""
    return _("This firmware does not open its setup when asked: it opens by a key at the next start.")


def restart_into_setup(variables: EfiVariables, power: Power) -> None:
    """Ask the firmware for its setup at the next start, and start the machine anew.

    Not `systemctl reboot --firmware-setup`: that asks logind, which is not on the ISO.

    Raises:
        WyrcanError: ``power-refused``, and what `EfiVariables.write` raises.
    """
    variables.write(WISHES, asking_for_setup(variables.read(WISHES)))
    power.restart()
