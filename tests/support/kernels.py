"""Files that look like kernels to whoever reads their headers."""

import struct


def bzimage(release: str = "6.12.0-test", payload: bytes = b"") -> bytes:
    """An x86 kernel that says it is `release` (Linux, Documentation/arch/x86/boot.rst)."""
    head = bytearray(0x400)
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", head, 0x20E, 0x100)
    version = f"{release} (builder@host) #1 SMP".encode() + b"\0"
    head[0x300 : 0x300 + len(version)] = version
    return bytes(head) + payload


def arm64_image() -> bytes:
    """An arm64 kernel (Linux, Documentation/arch/arm64/booting.rst)."""
    head = bytearray(64)
    head[0x38:0x3C] = b"ARM\x64"
    return bytes(head)
