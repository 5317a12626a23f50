"""The outside world as the flows see it, in one value that a front end is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wyrcan_tui.flows.power import Power, Shell
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.medium import Medium
from wyrcan_tui.host.networkd import Networkd
from wyrcan_tui.host.settings import Settings
from wyrcan_tui.host.stick import Stick
from wyrcan_tui.host.turn import Turn

if TYPE_CHECKING:
    # Whoever only shows a first screen needs nothing that boots.
    from wyrcan_tui.flows.boot import Kexec


@dataclass(frozen=True, slots=True)
class Adapters:
    """What Wyrcan works on: the machine, its firmware, network, boot medium, settings, next kernel, clock and more."""

    root: Path
    machine: Machine
    variables: EfiVariables
    networkd: Networkd
    medium: Medium
    settings: Settings
    kexec: Kexec
    turn: Turn
    clock: Clock
    cards: Cards
    power: Power
    shell: Shell
    log: SystemLog
    stick: Stick
