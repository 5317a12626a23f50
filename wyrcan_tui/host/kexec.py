"""Starting another kernel from this one: kexec_file_load(2) and reboot(2)."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import subprocess
from pathlib import Path
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.mounts import root_in_ram
from wyrcan_tui.texts import _

_SYSCALL: Final = {"x86_64": 320, "aarch64": 294}
_UNLOAD: Final = 1
"""``KEXEC_FILE_UNLOAD`` of linux/kexec.h."""
_REBOOT_KEXEC: Final = 0x45584543


class Kexec:
    """The next kernel of the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Hand a kernel and an initrd (open files) and a command line over; nothing is started yet.

        Raises:
            WyrcanError: ``kexec-denied``, ``kexec-format``, ``kexec-memory`` or ``kexec-failed``.
        """
        # Without it the kernel hashes the initrd with plain C code, several times slower.
        with contextlib.suppress(OSError):
            subprocess.run(["modprobe", "-q", "sha256_ssse3"], check=False, stderr=subprocess.DEVNULL)
        line = cmdline.encode() + b"\0"
        libc = ctypes.CDLL(None, use_errno=True)
        number = _SYSCALL[platform.machine()]
        if libc.syscall(number, kernel, initrd, ctypes.c_ulong(len(line)), line, ctypes.c_ulong(0)) != 0:
            raise _not_loaded(ctypes.get_errno())

    def unload(self) -> None:
        """Take back what was loaded, if anything was: it holds as much memory as the image."""
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall(_SYSCALL[platform.machine()], -1, -1, ctypes.c_ulong(0), None, ctypes.c_ulong(_UNLOAD))

    def execute(self) -> None:
        """Jump into the kernel that was loaded. Does not come back where it works.

        Where this system's root is in RAM there is nothing to save and the jump is immediate; elsewhere systemd
        stops everything in order first.

        Raises:
            WyrcanError: ``kexec-failed``.
        """
        os.sync()
        if not root_in_ram(self._root):
            if subprocess.run(["systemctl", "kexec"], check=False).returncode != 0:
                raise WyrcanError(
                    "kexec-failed",
                    _("systemd did not start the kernel that was loaded."),
                    hint=_("Its own words are above; a reboot forgets that kernel."),
                )
            return
        libc = ctypes.CDLL(None, use_errno=True)
        libc.reboot(_REBOOT_KEXEC)
        raise _not_loaded(ctypes.get_errno())


def _not_loaded(number: int) -> WyrcanError:
    reason = os.strerror(number)
    match number:
        case errno.EPERM | errno.EACCES:
            return WyrcanError(
                "kexec-denied",
                _("This system does not allow to start another kernel: {reason}.").format(reason=reason),
                hint=_("Run as root; with Secure Boot, only a signed kernel may be started."),
            )
        case errno.EKEYREJECTED | errno.ENOKEY | errno.EBADMSG | errno.ENODATA:
            return WyrcanError(
                "kexec-denied",
                _("The image's kernel is not signed by anyone this machine trusts: {reason}.").format(reason=reason),
                hint=_(
                    "Use an image with its distribution's signed kernel, or switch Secure Boot off in the firmware."
                ),
            )
        case errno.ENOEXEC | errno.EINVAL:
            return WyrcanError(
                "kexec-format",
                _("The image's kernel is in a format that cannot be started from here: {reason}.").format(
                    reason=reason
                ),
                hint=_("The image needs a kernel that was built with CONFIG_RELOCATABLE, as all distributions do."),
            )
        case errno.ENOMEM | errno.EADDRNOTAVAIL | errno.E2BIG | errno.EFBIG:
            return WyrcanError(
                "kexec-memory",
                _("This machine has too little memory for the image: {reason}.").format(reason=reason),
                hint=_("Use a smaller image or a machine with more memory."),
            )
        case errno.ENOSYS:
            return WyrcanError(
                "kexec-denied",
                _("The kernel that runs here cannot start another one: {reason}.").format(reason=reason),
                hint=_("Start this machine from the Wyrcan ISO, whose kernel can."),
            )
    return WyrcanError(
        "kexec-failed",
        _("The image's kernel could not be started: {reason}.").format(reason=reason),
        hint=_("Try another image, to see whether this one is the reason."),
    )
