"""The clock of the machine. systemd has set it to the ISO's date at least (/usr/lib/clock-epoch, systemd(1))."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from wyrcan_tui.host.mounts import root_in_ram


class Clock:
    """The clock of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def synchronized(self) -> bool:
        """Whether NTP has set it since the start (systemd-timesyncd.service(8))."""
        return (self._root / "run/systemd/timesync/synchronized").exists()

    def set_forward(self, now: datetime) -> bool:
        """Set the clock to `now`, which somebody said who need not be trusted; tell whether that was done.

        It is only ever set forward, so that no certificate that has expired becomes valid again; never where NTP knows
        better; and only on our own system, which runs from RAM: the clock of anybody else's is theirs.
        """
        if self.synchronized or now.timestamp() <= time.time() or not root_in_ram(self._root):
            return False
        try:
            time.clock_settime(time.CLOCK_REALTIME, now.timestamp())
        except OSError:
            return False
        return True
