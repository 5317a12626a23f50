"""x86 kernels: the header of a bzImage (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header")."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_MAGIC: Final = slice(0x202, 0x206)
_PROTOCOL: Final = slice(0x206, 0x208)
_VERSION_POINTER: Final = slice(0x20E, 0x210)
_XLOADFLAGS: Final = slice(0x236, 0x238)
_SETUP_SIZE: Final = 0x200
_WITH_XLOADFLAGS: Final = 0x20C
_KERNEL_64: Final = 1
_LOADED_ABOVE_4G: Final = 2


def is_bzimage(data: bytes) -> bool:
    """Tell whether a file is an x86 kernel."""
    return data[_MAGIC] == b"HdrS"


def bzimage_architecture(data: bytes) -> str:
    """Return the architecture of an x86 kernel in OCI's words.

    Raises:
        WyrcanError: ``kernel-not-relocatable`` for a 64-bit kernel that ``kexec_file_load`` would not take
            (``bzImage64_probe`` of arch/x86/kernel/kexec-bzimage64.c).
    """
    flags = _number(data, _XLOADFLAGS) if _number(data, _PROTOCOL) >= _WITH_XLOADFLAGS else 0
    if not flags & _KERNEL_64:
        return "386"
    if not flags & _LOADED_ABOVE_4G:
        raise WyrcanError(
            "kernel-not-relocatable",
            _("The image's kernel cannot be started by another kernel."),
            hint=_("The image needs a kernel that was built with CONFIG_RELOCATABLE, as all distributions do."),
        )
    return "amd64"


def bzimage_release(data: bytes) -> str:
    """Return the release of an x86 kernel; empty where the header does not tell."""
    pointer = _number(data, _VERSION_POINTER)
    start = pointer + _SETUP_SIZE
    version = data[start : start + 256].partition(b"\0")[0] if pointer else b""
    return version.decode("ascii", errors="replace").partition(" ")[0]


def _number(data: bytes, field: slice) -> int:
    return int.from_bytes(data[field], "little")
