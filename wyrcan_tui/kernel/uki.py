"""Unified kernel images: a kernel and what belongs to it as the sections of one EFI program.

The UAPI group's specification "Unified Kernel Image", and Microsoft's "PE Format" for the sections. Only the kernel and
its release are taken: root and arguments come from the container image, as for any other kernel.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.kernel.payload import damaged
from wyrcan_tui.texts import _

_PE_POINTER: Final = 0x3C
_COFF: Final = struct.Struct("<4s2xH12xH2x")
"""Signature, number of sections, size of the optional header that the section table follows."""
_SECTION: Final = struct.Struct("<8sI4xII16x")
"""Name, size in memory, size in the file, offset in the file."""


@dataclass(frozen=True, slots=True)
class Uki:
    """What is taken from a unified kernel image: the kernel as it is, and its release, empty where it is not told."""

    kernel: bytes
    release: str


def parse_uki(data: bytes) -> Uki | None:
    """Read a unified kernel image; None where `data` is none: a PE file is one if it has a section ``.linux``.

    Raises:
        WyrcanError: ``kernel-damaged`` where a section reaches beyond the end of the file.
    """
    found: dict[bytes, bytes] = {}
    for name, start, size in _sections(data):
        # Of several profiles the default comes first.
        if name in (b".linux", b".uname") and name not in found:
            if start + size > len(data):
                raise damaged(_("its section {name} reaches beyond its end").format(name=name.decode()))
            found[name] = data[start : start + size]
    if b".linux" not in found:
        return None
    uname = found.get(b".uname", b"").partition(b"\0")[0]
    return Uki(found[b".linux"], uname.decode("ascii", errors="replace").strip())


def _sections(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, offset and size of each section of a PE file; nothing where it is none."""
    start = int.from_bytes(data[_PE_POINTER : _PE_POINTER + 4], "little")
    if not data.startswith(b"MZ") or start + _COFF.size > len(data):
        return
    signature, count, optional = _COFF.unpack_from(data, start)
    if signature != b"PE\0\0":
        return
    table = start + _COFF.size + optional
    for at in range(table, min(table + count * _SECTION.size, len(data) - _SECTION.size + 1), _SECTION.size):
        name, in_memory, in_file, offset = _SECTION.unpack_from(data, at)
        # What is in the file is padded, and a signature over the kernel must not meet the padding.
        yield name.rstrip(b"\0"), offset, min(in_memory, in_file) if in_memory else in_file
