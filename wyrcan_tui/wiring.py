"""The one place where the real adapters are built."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.kexec import Kexec
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.medium import BootMedium
from wyrcan_tui.host.networkd import Networkd
from wyrcan_tui.host.turn import Turn

_MEDIUM_PATIENCE: Final = 10.0
"""Seconds that a boot medium may take to appear."""


def this_machine() -> Adapters:
    """Return the adapters to the machine that runs this."""
    root = Path("/")
    return Adapters(
        root,
        Machine(root),
        EfiVariables(root),
        Networkd(root),
        BootMedium(_MEDIUM_PATIENCE),
        Kexec(root),
        Turn(root),
        Clock(root),
    )
