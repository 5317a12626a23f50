"""What this machine is, and what it was started with."""

from __future__ import annotations

import platform
from pathlib import Path

from wyrcan_tui.oci.platform import Platform


class Machine:
    """The machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def cmdline(self) -> str:
        """The command line of the kernel that runs now."""
        return (self._root / "proc/cmdline").read_text(errors="backslashreplace").strip()

    @property
    def platform(self) -> Platform:
        """What images must be made for.

        Raises:
            WyrcanError: ``architecture-unknown``.
        """
        return Platform.of_machine(platform.machine())

    @property
    def memory(self) -> int:
        """Bytes of memory that Linux can use here."""
        for line in (self._root / "proc/meminfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "MemTotal":
                return int(value.split()[0]) * 1024
        return 0
