"""EFI variables through efivarfs (Documentation/filesystems/efivarfs.rst, fs/efivarfs of the kernel)."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _, later
from wyrcan_tui.uefi.variable import KEPT, VariableName, decode, encode

_GET_FLAGS: Final = 0x80086601
_SET_FLAGS: Final = 0x40086602
_IMMUTABLE: Final = 0x10
_FIRMWARE_HINT: Final = later(
    "Free or reset variables in the firmware setup, or keep the choice in wyrcan.json instead."
)


class EfiVariables:
    """The EFI variables of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "sys/firmware/efi/efivars"

    @property
    def supported(self) -> bool:
        """Whether the machine was started by UEFI firmware, so that there are variables at all."""
        return self._folder.parent.is_dir()

    def read(self, name: VariableName) -> bytes | None:
        """Return a variable's value; None where it does not exist.

        Raises:
            WyrcanError: ``efi-unreadable``.
        """
        try:
            content = (self._folder / name.file_name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WyrcanError(
                "efi-unreadable",
                _("The EFI variable {variable} cannot be read: {why}.").format(variable=name.name, why=error.strerror),
                hint=_("Run as root; if that is so, the firmware is at fault."),
            ) from error
        # A variable whose creation failed half-way is an empty file until the next boot.
        return decode(content)[1] if content else None

    def write(self, name: VariableName, value: bytes) -> bool:
        """Set a variable, kept over reboots, and read it back; tell whether it had to be written at all.

        Raises:
            WyrcanError: ``efi-missing`` on a machine without UEFI, ``efi-full``, ``efi-unwritable``, and
                ``efi-not-kept`` where the firmware gives back something else than it was given.
        """
        self.require()
        if self.read(name) == value:
            return False
        path = self._folder / name.file_name
        existed = path.exists()
        try:
            with _mutable(path):
                file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
                try:
                    # The kernel takes attributes and value in one write only.
                    os.write(file, encode(KEPT, value))
                finally:
                    os.close(file)
        except OSError as error:
            if not existed:
                with contextlib.suppress(OSError):
                    path.unlink()
            raise _unwritable(name, error) from error
        if self.read(name) != value:
            raise WyrcanError(
                "efi-not-kept",
                _("The firmware did not keep the EFI variable {variable} as it was written.").format(
                    variable=name.name
                ),
                hint=_(_FIRMWARE_HINT),
            )
        return True

    def clear(self, name: VariableName) -> bool:
        """Remove a variable; tell whether it was there.

        Raises:
            WyrcanError: ``efi-missing``, ``efi-unwritable``.
        """
        self.require()
        path = self._folder / name.file_name
        if not path.exists():
            return False
        try:
            _set_immutable(path, immutable=False)
            path.unlink()
        except OSError as error:
            raise _unwritable(name, error) from error
        return True

    def require(self) -> None:
        """Raise ``efi-missing`` on a machine without UEFI."""
        if not self.supported:
            raise WyrcanError(
                "efi-missing",
                _("This machine was not started by UEFI firmware, so there is no EFI variable to keep a choice in."),
                hint=_("Start it in UEFI mode, or keep the choice in a file wyrcan.json on the boot medium."),
            )


@contextlib.contextmanager
def _mutable(path: Path) -> Iterator[None]:
    was_immutable = path.exists() and _set_immutable(path, immutable=False)
    try:
        yield
    finally:
        if was_immutable:
            _set_immutable(path, immutable=True)


def _set_immutable(path: Path, *, immutable: bool) -> bool:
    """Set or clear the flag that guards variables from ``rm -rf``; tell whether it was set before."""
    file = os.open(path, os.O_RDONLY)
    try:
        flags = int.from_bytes(fcntl.ioctl(file, _GET_FLAGS, bytes(8)), "little")
        wanted = flags | _IMMUTABLE if immutable else flags & ~_IMMUTABLE
        if wanted != flags:
            fcntl.ioctl(file, _SET_FLAGS, wanted.to_bytes(8, "little"))
    except OSError as error:
        if error.errno != errno.ENOTTY:
            raise
        return False
    finally:
        os.close(file)
    return bool(flags & _IMMUTABLE)


def _unwritable(name: VariableName, error: OSError) -> WyrcanError:
    if error.errno == errno.ENOSPC:
        return WyrcanError(
            "efi-full",
            _(
                "The firmware has no room for the EFI variable {variable}: Linux leaves its last 5 KiB "
                "alone, because firmware can break when its memory is full."
            ).format(variable=name.name),
            hint=_(_FIRMWARE_HINT),
        )
    return WyrcanError(
        "efi-unwritable",
        _("The EFI variable {variable} cannot be changed: {why}.").format(variable=name.name, why=error.strerror),
        hint=_("Run as root; if that is so, the firmware forbids it: keep the choice in wyrcan.json instead."),
    )
