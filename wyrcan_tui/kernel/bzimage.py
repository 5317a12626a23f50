"""Kernel files: what they are and which version they hold.

Documentation/arch/x86/boot.rst (the real-mode kernel header) and Documentation/arch/arm64/booting.rst.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError

_SETUP_MAGIC: Final = slice(0x202, 0x206)
_VERSION_POINTER: Final = slice(0x20E, 0x210)
_SETUP_SIZE: Final = 0x200
_ARM64_MAGIC: Final = slice(0x38, 0x3C)


@dataclass(frozen=True, slots=True)
class KernelFile:
    """A kernel that ``kexec_file_load`` takes as it is: its architecture in OCI's words and its release.

    `release` is what ``uname -r`` will say; empty where the file does not tell.
    """

    architecture: str
    release: str = ""


def parse_kernel(data: bytes) -> KernelFile:
    """Read the headers of a kernel file.

    Raises:
        WyrcanError: ``kernel-unknown-format`` for anything that is neither an x86 bzImage nor an arm64 Image.
    """
    if data[_SETUP_MAGIC] == b"HdrS":
        pointer = int.from_bytes(data[_VERSION_POINTER], "little")
        start = pointer + _SETUP_SIZE
        version = data[start : start + 256].partition(b"\0")[0] if pointer else b""
        text = version.decode("ascii", errors="replace")
        return KernelFile("amd64", text.partition(" ")[0])
    if data[_ARM64_MAGIC] == b"ARM\x64":
        return KernelFile("arm64")
    raise WyrcanError(
        "kernel-unknown-format",
        "The image's kernel is in a format that cannot be started from here.",
        hint="The image needs a bzImage (x86) or an Image (arm64) as its kernel.",
        starts_with=data[:8].hex(" "),
    )
