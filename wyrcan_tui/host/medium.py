"""The medium that Wyrcan was started from, and the choice that somebody may have put there."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import pyudev

LABELS: Final = ("WYRCAN", "WYRCAN-ESP")
"""The volume ids of our ISO and of the EFI system partition on it, in the order in which they are searched."""
FILE: Final = "wyrcan.json"
_MOST: Final = 1 << 20
_POLL: Final = 0.1
"""Seconds between two tries to mount what could not be mounted."""


class BootMedium:
    """The boot medium of this machine; found by its label, mounted for reading only, and only for a moment."""

    def __init__(self, patience: float) -> None:
        """Wait at most `patience` seconds for a medium to appear: a USB stick takes a while to be found."""
        self._patience = patience

    def read(self) -> bytes | None:
        """Return the content of ``wyrcan.json`` on the medium; None where none with such a file appears in time."""
        context = pyudev.Context()
        monitor = pyudev.Monitor.from_netlink(context)
        monitor.filter_by("block")
        monitor.start()
        without_file: set[str] = set()
        deadline = time.monotonic() + self._patience
        while True:
            # A stick is there before its partitions are, so one without the file is not the end of looking.
            busy = False
            for device in _labelled(context):
                if device in without_file:
                    continue
                try:
                    return _read_file(device)
                except FileNotFoundError:
                    without_file.add(device)
                except OSError:
                    # Most likely it is busy: the kernel mounts either a disk or its partitions, and the menus on the
                    # other consoles look at the same time.
                    busy = True
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            monitor.poll(min(left, _POLL) if busy else left)


def _labelled(context: pyudev.Context) -> list[str]:
    devices = [
        (LABELS.index(device.properties["ID_FS_LABEL"]), device.device_node)
        for device in context.list_devices(subsystem="block")
        if device.properties.get("ID_FS_LABEL") in LABELS
    ]
    return [node for _, node in sorted(devices)]


def _read_file(device: str) -> bytes:
    """Return the content of the file on the device.

    Raises:
        FileNotFoundError: it is mounted and has no such file.
        OSError: it cannot be mounted now, or not be read.
    """
    with tempfile.TemporaryDirectory(prefix="wyrcan-medium-") as folder:
        mount = ["mount", "-o", "ro,nosuid,nodev,noexec", device, folder]
        done = subprocess.run(mount, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise OSError(done.stderr.strip())
        try:
            with (Path(folder) / FILE).open("rb") as file:
                return file.read(_MOST)
        finally:
            # Lazily: should the medium just be pulled out, nothing here is held up by it.
            subprocess.run(["umount", "--lazy", folder], check=False, stderr=subprocess.DEVNULL)
