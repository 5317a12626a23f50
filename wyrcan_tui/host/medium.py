"""The medium that Wyrcan was started from, and the choice and the settings that somebody may have put there."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from wyrcan_tui.host.mounts import mount_point
from wyrcan_tui.host.settings import FOLDER, Files, read_files

if TYPE_CHECKING:
    import pyudev

LABELS: Final = ("WYRCAN", "WYRCAN-ESP")
"""The volume ids of our ISO and of the EFI system partition on it, in the order in which they are searched."""
FILE: Final = "wyrcan.json"
_MOST: Final = 1 << 20
_POLL: Final = 0.1
"""Seconds between two tries to mount what could not be mounted."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A block device with a file system of ours: its label, and its node in /dev."""

    label: str
    node: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What is on a medium: the content of ``wyrcan.json``, if there is any, and the files in its settings' folder."""

    choice: bytes | None = None
    settings: Files = field(default_factory=dict)

    def read(self) -> bytes | None:
        """Return the choice."""
        return self.choice


class Medium(Protocol):
    """A place that may carry something."""

    def read(self) -> Carried | None:
        """Return what it carries; None where there is nothing for us on it."""


class BootMedium:
    """The boot medium of this machine; found by its label, mounted for reading only, and only for a moment."""

    def __init__(self, patience: float) -> None:
        """Wait at most `patience` seconds for a medium to appear: a USB stick takes a while to be found."""
        self._patience = patience

    def read(self) -> Carried | None:
        """Return what is for us on the medium; None where none with anything appears in time."""
        # Imported here: most commands look for no medium.
        import pyudev  # noqa: PLC0415

        context = pyudev.Context()
        monitor = pyudev.Monitor.from_netlink(context)
        monitor.filter_by("block")
        monitor.start()
        empty: set[str] = set()
        deadline = time.monotonic() + self._patience
        while True:
            # A stick is there before its partitions are, so one without anything is not the end of looking.
            busy = False
            for device in labelled(context):
                if device.node in empty:
                    continue
                try:
                    carried = _carried(device.node)
                    if carried != Carried():
                        return carried
                    empty.add(device.node)
                except OSError:
                    # Most likely it is busy: the kernel mounts either a disk or its partitions, and the menus on the
                    # other consoles look at the same time.
                    busy = True
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            monitor.poll(min(left, _POLL) if busy else left)


def labelled(context: pyudev.Context) -> list[Labelled]:
    """Return the file systems that are ours by their labels, in the order of `LABELS`."""
    devices = [
        Labelled(device.properties["ID_FS_LABEL"], device.device_node)
        for device in context.list_devices(subsystem="block")
        if device.properties.get("ID_FS_LABEL") in LABELS
    ]
    return sorted(devices, key=lambda device: (LABELS.index(device.label), device.node))


def _carried(device: str) -> Carried:
    """Return what is on the device.

    Raises:
        OSError: it cannot be mounted now, or not be read.
    """
    with mount_point() as folder:
        mount = ["mount", "-o", "ro,nosuid,nodev,noexec", device, folder]
        done = subprocess.run(mount, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise OSError(done.stderr.strip())
        try:
            return read_carried(Path(folder))
        finally:
            # Lazily: should the medium just be pulled out, nothing here is held up by it.
            subprocess.run(["umount", "--lazy", folder], check=False, stderr=subprocess.DEVNULL)


def read_carried(folder: Path) -> Carried:
    """Return what is in the root folder of a medium.

    Raises:
        OSError: the choice is there and cannot be read.
    """
    try:
        with (folder / FILE).open("rb") as file:
            choice = file.read(_MOST)
    except FileNotFoundError:
        choice = None
    return Carried(choice, read_files(folder / FOLDER))
