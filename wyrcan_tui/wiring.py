"""The one place where the real adapters are built."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.clock import Clock
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.kexec import Kexec
from wyrcan_tui.host.log import SystemLog
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.medium import BootMedium
from wyrcan_tui.host.networkd import Networkd
from wyrcan_tui.host.power import Power
from wyrcan_tui.host.settings import Settings
from wyrcan_tui.host.shell import Shell
from wyrcan_tui.host.stick import BootStick
from wyrcan_tui.host.turn import Turn

_MEDIUM_PATIENCE: Final = 10.0
"""Seconds that a boot medium may take to appear."""
_STICK_PATIENCE: Final = 5.0
"""Seconds that a stick may be busy, as another console looks at it."""


def this_machine() -> Adapters:
    """Return the adapters to the machine that runs this."""
    root = Path("/")
    return Adapters(
        root,
        Machine(root),
        EfiVariables(root),
        Networkd(root),
        BootMedium(_MEDIUM_PATIENCE),
        Settings(root, _logins()),
        Kexec(root),
        Turn(root),
        Clock(root),
        Cards(root),
        Power(),
        Shell(),
        SystemLog(root),
        BootStick(_STICK_PATIENCE),
    )


def made_up_machine() -> AbstractContextManager[Adapters]:
    """Return, for a ``with`` block, the adapters to a machine that is only there to try the menu on."""
    # Imported here: no machine that boots needs it.
    from wyrcan_tui.demo.machine import demo_machine  # noqa: PLC0415

    return demo_machine()


def _logins() -> tuple[Path, ...]:
    """Return where the logins of whoever runs this are (containers-auth.json(5)), the one that counts most at first."""
    environment = os.environ
    home = Path(environment.get("HOME", "/root"))
    folders = [
        Path(environment.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"), "containers"),
        Path(environment.get("XDG_CONFIG_HOME", home / ".config"), "containers"),
    ]
    named = environment.get("REGISTRY_AUTH_FILE")
    return (
        *([Path(named)] if named else []),
        *(folder / "auth.json" for folder in folders),
        Path(environment.get("DOCKER_CONFIG", home / ".docker"), "config.json"),
    )
