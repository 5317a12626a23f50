"""Files that pass for kernels: a header that says which, and nothing that could run."""

from __future__ import annotations

import struct
from typing import Final

RELEASE: Final = "6.12.0-demo"
_BANNER: Final = f"Linux version {RELEASE} (demo@wyrcan) #1 SMP\n".encode()


def kernel_for(architecture: str) -> bytes:
    """Return a kernel for an architecture in OCI's words, ``amd64`` or ``arm64``."""
    return _image() if architecture == "arm64" else _bzimage()


def _bzimage() -> bytes:
    """Return an x86 kernel (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header")."""
    data = bytearray(0x400)
    # boot_flag, the jump, "HdrS", protocol 2.15
    data[0x1FE:0x208] = b"\x55\xaa\xeb\x6aHdrS" + struct.pack("<H", 0x20F)
    # kernel_version: where the version stands, less 0x200
    struct.pack_into("<H", data, 0x20E, 0x100)
    # xloadflags: 64 bits, and can be loaded above 4 GiB
    struct.pack_into("<H", data, 0x236, 3)
    version = f"{RELEASE} (demo@wyrcan) #1 SMP".encode() + b"\0"
    data[0x300 : 0x300 + len(version)] = version
    return bytes(data)


def _image() -> bytes:
    """Return an arm64 kernel (Documentation/arch/arm64/booting.rst), with its banner."""
    return b"MZ".ljust(0x38, b"\0") + b"ARM\x64" + bytes(4) + _BANNER
