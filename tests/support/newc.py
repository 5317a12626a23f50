"""Reads initrds back, as the kernel does (Documentation/driver-api/early-userspace/buffer-format.rst)."""

import sys
from dataclasses import dataclass

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"070701"
HEADER_SIZE = 110
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True)
class Record:
    """What an archive says of one path: its mode with the type in it, and its bytes (of a link: its target)."""

    mode: int
    data: bytes


def read_initrd(initrd: bytes) -> dict[str, Record]:
    """The paths in an initrd, which may be compressed with zstd; of a path that repeats, the last record counts."""
    archive = zstd.decompress(initrd) if initrd.startswith(ZSTD_MAGIC) else initrd
    records: dict[str, Record] = {}
    position = 0
    while True:
        header = archive[position : position + HEADER_SIZE]
        assert header[:6] == MAGIC, f"no newc record at {position}"
        fields = [int(header[start : start + 8], 16) for start in range(6, HEADER_SIZE, 8)]
        mode, size, name_size = fields[1], fields[6], fields[11]
        body = _aligned(position + HEADER_SIZE + name_size)
        name = archive[position + HEADER_SIZE : position + HEADER_SIZE + name_size - 1].decode()
        if name == "TRAILER!!!":
            return records
        records[name] = Record(mode, archive[body : body + size])
        position = _aligned(body + size)


def _aligned(offset: int) -> int:
    return offset + -offset % 4
