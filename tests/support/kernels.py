"""Files that look like kernels to whoever reads their headers, bare and wrapped."""

import struct


def bzimage(release: str = "6.12.0-test", payload: bytes = b"", *, protocol: int = 0x20F, xloadflags: int = 3) -> bytes:
    """An x86 kernel that says it is `release` (Linux, Documentation/arch/x86/boot.rst)."""
    head = bytearray(0x400)
    head[0x1FE:0x208] = b"\x55\xaa\xeb\x6aHdrS" + struct.pack("<H", protocol)
    struct.pack_into("<H", head, 0x20E, 0x100)
    struct.pack_into("<H", head, 0x236, xloadflags)
    version = f"{release} (builder@host) #1 SMP".encode() + b"\0"
    head[0x300 : 0x300 + len(version)] = version
    return bytes(head) + payload


def arm64_image(release: str = "") -> bytes:
    """An arm64 kernel (Linux, Documentation/arch/arm64/booting.rst), with the banner of `release` in it."""
    head = bytearray(64)
    head[:2] = b"MZ"
    head[0x38:0x3C] = b"ARM\x64"
    banner = f"Linux version {release} (builder@host) (gcc) #1 SMP\n".encode() if release else b""
    return bytes(head) + bytes(100) + banner


def zboot(compression: str, payload: bytes) -> bytes:
    """An EFI zboot image (Linux, drivers/firmware/efi/libstub/zboot-header.S)."""
    head = struct.pack("<4s4sII8x32s", b"MZ\0\0", b"zimg", 0x1000, len(payload), compression.encode())
    # Behind most payloads stands the size of what is in them, which does not belong to them.
    return head.ljust(0x1000, b"\0") + payload + b"size"


def uki(sections: list[tuple[str, bytes]]) -> bytes:
    """A PE file of these sections, each padded to a multiple of 512 bytes as ukify makes them."""
    table = b""
    bodies = b""
    offset = 0x800
    for name, body in sections:
        padded = body + b"\xff" * (-len(body) % 512)
        where = (len(body), 0x10000 + offset, len(padded), offset)
        table += struct.pack("<8sIIII16x", name.encode(), *where)
        bodies += padded
        offset += len(padded)
    optional = bytes(240)
    coff = struct.pack("<4sHH12xHH", b"PE\0\0", 0x8664, len(sections), len(optional), 0x22E)
    head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    return (head + coff + optional + table).ljust(0x800, b"\0") + bodies
