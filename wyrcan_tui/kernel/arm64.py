"""arm64 kernels: the header of an Image (Documentation/arch/arm64/booting.rst), and the banner inside it."""

from __future__ import annotations

import re
from typing import Final

_MAGIC: Final = slice(0x38, 0x3C)
_BANNER: Final = re.compile(rb"Linux version (\d[!-~]{0,63}) \(")
"""What the kernel says first when it starts (``linux_banner`` of init/version-timestamp.c)."""


def is_arm64_image(data: bytes) -> bool:
    """Tell whether a file is an arm64 kernel, uncompressed."""
    return data[_MAGIC] == b"ARM\x64"


def arm64_release(data: bytes) -> str:
    """Return the release of an arm64 kernel; empty where none is found. Its header has no field for it."""
    found = _BANNER.search(data)
    return found[1].decode("ascii") if found else ""
