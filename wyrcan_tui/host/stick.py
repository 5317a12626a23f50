"""Leaving a file on the stick that this machine was started from."""

from __future__ import annotations

import errno
import os
import subprocess
import time
from pathlib import Path
from typing import Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.medium import LABELS, labelled
from wyrcan_tui.host.mounts import mount_point
from wyrcan_tui.texts import _, later

_POLL: Final = 0.2
_INSTEAD: Final = later("Photograph the details, or take their QR code with a phone.")


class Stick(Protocol):
    """A medium that files can be left on."""

    def write(self, name: str, content: bytes) -> str:
        """Leave a file in the root folder of the medium, and return where it is, in words.

        Raises:
            WyrcanError: ``medium-missing``, ``medium-read-only``, ``medium-full``, ``medium-unwritable``.
        """


class BootStick:
    """The stick of this machine, mounted for writing only while a file is written.

    The ISO's own file system, which is all that a DVD has, can never be written (ISO 9660); on a stick the EFI system
    partition behind it can (FAT), and so can a stick that the ISO's files were copied to.
    """

    def __init__(self, patience: float) -> None:
        """Wait at most `patience` seconds for a stick that is busy: the kernel mounts a disk or its partitions."""
        self._patience = patience

    def write(self, name: str, content: bytes) -> str:
        """Leave a file in the root folder of the stick, and return where it is, in words.

        Raises:
            WyrcanError: ``medium-missing``, ``medium-read-only``, ``medium-full``, ``medium-unwritable``.
        """
        # Imported here: it is needed for nothing else, and whoever starts a menu waits for what is imported.
        import pyudev  # noqa: PLC0415

        # The EFI system partition first: the ISO's own file system would only tell that it cannot be written.
        devices = sorted(labelled(pyudev.Context()), key=lambda device: LABELS.index(device.label), reverse=True)
        if not devices:
            raise WyrcanError(
                "medium-missing",
                _("No boot medium is there (no disk with the name {names}).").format(names=_(" or ").join(LABELS)),
                hint=_("Plug the stick in again.") + " " + _(_INSTEAD),
            )
        refusal: WyrcanError | None = None
        for device in devices:
            try:
                self._write(device.node, name, content)
            except WyrcanError as error:
                refusal = refusal if refusal and error.code == "medium-read-only" else error
            else:
                return _("{name} on {medium} ({device})").format(name=name, medium=device.label, device=device.node)
        assert refusal is not None, "one of them was tried"
        raise refusal

    def _write(self, device: str, name: str, content: bytes) -> None:
        deadline = time.monotonic() + self._patience
        with mount_point() as folder:
            mount = ["mount", "-o", "rw,nosuid,nodev,noexec", device, folder]
            while (done := subprocess.run(mount, check=False, capture_output=True, text=True)).returncode != 0:
                if time.monotonic() > deadline:
                    raise _unwritable(device, done.stderr.strip())
                time.sleep(_POLL)
            try:
                _write_through(Path(folder, name), content)
            except OSError as error:
                raise _refusal(device, error) from error
            finally:
                done = subprocess.run(["umount", folder], check=False, capture_output=True, text=True)
                if done.returncode != 0:
                    # Whoever pulls the stick out now shall find the file all the same.
                    os.sync()
                    subprocess.run(["umount", "--lazy", folder], check=False, stderr=subprocess.DEVNULL)


def _write_through(path: Path, content: bytes) -> None:
    """Write a file, and return once the medium has it; half a file is not left behind."""
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno != errno.EROFS:
            path.unlink(missing_ok=True)
        raise
    os.sync()


def _refusal(device: str, error: OSError) -> WyrcanError:
    if error.errno == errno.EROFS:
        return WyrcanError(
            "medium-read-only",
            _("The boot medium cannot be written: it is a DVD, or is protected ({device}).").format(device=device),
            hint=_(_INSTEAD),
        )
    if error.errno == errno.ENOSPC:
        return WyrcanError(
            "medium-full", _("The boot medium is full ({device}).").format(device=device), hint=_(_INSTEAD)
        )
    return _unwritable(device, error.strerror or str(error))


def _unwritable(device: str, why: str) -> WyrcanError:
    return WyrcanError(
        "medium-unwritable",
        _("The boot medium cannot be written ({device}): {why}.").format(device=device, why=why),
        hint=_(_INSTEAD),
    )
