"""What the kernel and the services of this system wrote down (journalctl(1))."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

from wyrcan_tui.host.kernel_log import KernelLog

_MICROSECONDS: Final = 1_000_000
_PATIENCE: Final = 10.0
_SERVICES: Final = ("_TRANSPORT=stdout", "_TRANSPORT=syslog", "_TRANSPORT=journal")
"""All but the kernel's own lines, which come from it, and from before the journal began."""


class SystemLog:
    """The logs of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def kernel(self, most: int) -> list[str]:
        """Return the last lines of the kernel's log, at most so many; none where it cannot be read."""
        with closing(KernelLog(self._root)) as log:
            records = log.records()
        return [f"[{record.at / _MICROSECONDS:12.6f}] {record.words}" for record in records[-most:]]

    def journal(self, most: int) -> list[str]:
        """Return the last lines of the services, at most so many; none where there is no journal, or no journalctl."""
        command = [
            "journalctl",
            "--quiet",
            "--no-pager",
            "--output=short-monotonic",
            "--no-hostname",
            f"--lines={most}",
        ]
        folder = self._root / "run/log/journal"
        if not folder.is_dir():
            return []
        try:
            done = subprocess.run(
                [*command, f"--directory={folder}", *_SERVICES],
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_PATIENCE,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        return done.stdout.splitlines()
