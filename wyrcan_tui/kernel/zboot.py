"""EFI zboot images: a kernel, compressed, behind a small EFI program that unpacks it.

drivers/firmware/efi/libstub/zboot-header.S of the kernel; arm64 distributions ship it as ``vmlinuz``.
"""

from __future__ import annotations

import struct
from typing import Final

from wyrcan_tui.kernel.payload import damaged, decompress
from wyrcan_tui.texts import _

_HEADER: Final = struct.Struct("<4s4sII8x32s")
_MAGIC: Final = (b"MZ\0\0", b"zimg")


def unwrap_zboot(data: bytes, largest: int) -> bytes | None:
    """Return the kernel in a zboot image; None where `data` is none.

    Raises:
        WyrcanError: ``kernel-damaged`` where the header points out of the file, and what `decompress` raises.
    """
    if len(data) < _HEADER.size:
        return None
    *magic, offset, size, name = _HEADER.unpack_from(data)
    if tuple(magic) != _MAGIC:
        return None
    if offset + size > len(data):
        raise damaged(_("its payload reaches beyond its end"))
    compression = name.partition(b"\0")[0].decode("ascii", errors="replace")
    return decompress(data[offset : offset + size], compression, largest)
