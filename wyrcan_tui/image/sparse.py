"""Sparse files in tar archives: only what lies between their holes is stored, with a map of where it belongs.

The GNU tar manual, "Storing Sparse Files" (PAX 0.0, 0.1 and 1.0) and "Basic Tar Format" (the old GNU format, whose
map stands in the header and in blocks behind it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.image.field import BLOCK, damaged, number
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.texts import _

# Its type stands here because mypyc, which may read `pax` first, could not tell it.
NAME: Final[bytes] = b"GNU.sparse.name"
"""The key of the file's real name; its header has one made up for readers that know nothing of sparse files."""
MAP: Final = b"GNU.sparse.map"
PAIR: Final = (b"GNU.sparse.offset", b"GNU.sparse.numbytes")
"""The two keys that format 0.0 repeats in turn for each segment; joined by commas their values are a map of 0.1."""

_MAJOR: Final = b"GNU.sparse.major"
_SIZES: Final = (b"GNU.sparse.realsize", b"GNU.sparse.size")
_KEYS: Final = frozenset((_MAJOR, MAP, *_SIZES))
_GNU_MAGIC: Final = b"ustar  \0"
_SEGMENT_SIZE: Final = 24
_LARGEST_MAP: Final = 1 << 20
"""Bytes of the largest map that is read: about 43,000 segments, where real files have dozens."""
_LARGEST_FILE: Final = (1 << 63) - 1
"""Bytes of the largest file that Linux knows of (loff_t)."""
_HOLE: Final = memoryview(bytes(CHUNK))

Segments = list[tuple[int, int]]


class SparseBody:
    """The bytes of a sparse file, which come once: iterate for all of them, in pieces of at most `CHUNK` or as stored.

    Attributes:
        parts: the same without any zeros in place of holes: a number is a hole of so many bytes.
    """

    def __init__(self, parts: Iterator[int | memoryview]) -> None:
        self.parts = parts
        self._whole = _whole(parts)

    def __iter__(self) -> Iterator[memoryview]:
        return self._whole


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse file: its size with the holes, and its segments (where each begins, and its bytes), in order."""

    size: int
    segments: Segments

    @property
    def stored(self) -> int:
        """Bytes that the archive holds of it."""
        return sum(length for _start, length in self.segments)

    def body(self, stored: Iterable[memoryview]) -> SparseBody:
        """Return the file's bytes, of which `stored` are those that the archive holds."""
        return SparseBody(self._parts(stored))

    def _parts(self, stored: Iterable[memoryview]) -> Iterator[int | memoryview]:
        pieces = iter(stored)
        piece = memoryview(b"")
        position = 0
        for start, length in [*self.segments, (self.size, 0)]:
            if start > position:
                yield start - position
            position = start
            while position < start + length:
                piece = piece or next(pieces)
                part = piece[: start + length - position]
                piece = piece[len(part) :]
                position += len(part)
                yield part


def is_sparse(kind: bytes, pax: Mapping[bytes, bytes]) -> bool:
    """Tell from an entry's type and its extended header whether it is a sparse file."""
    return kind == b"S" or not _KEYS.isdisjoint(pax)


def read_sparse(header: bytes, pax: Mapping[bytes, bytes], size: int, take: Callable[[int], bytes]) -> Sparse:
    """Read the map of a sparse file that has `size` bytes in the archive; `take` returns what follows the header.

    Raises:
        WyrcanError: ``layer-damaged`` for a map that is malformed, too long, or does not fit the file, and what
            `take` raises.
    """
    map_size = 0
    if header[156:157] == b"S":
        real, segments = number(header[483:495]), _old_map(header, take)
    else:
        real = _decimal(next((pax[key] for key in _SIZES if key in pax), b""))
        if _MAJOR in pax and pax[_MAJOR] != b"0":
            segments, map_size = _map_in_body(pax, size, take)
        else:
            segments = _pairs(pax[MAP].split(b",")) if pax.get(MAP) else []
    if real > _LARGEST_FILE:
        raise _no_size(real)
    end = 0
    for start, length in segments:
        if length < 0 or start < end:
            raise damaged(_("the segments of a sparse file overlap"))
        end = start + length
    found = Sparse(real, [segment for segment in segments if segment[1]])
    if end > real or found.stored + map_size != size:
        raise damaged(_("the segments of a sparse file do not fit its size"))
    return found


def _old_map(header: bytes, take: Callable[[int], bytes]) -> Segments:
    if header[257:265] != _GNU_MAGIC:
        raise damaged(_("a sparse file is in a format that is not GNU's"))
    segments: Segments = []
    block, start, end = header, 386, 482
    while len(segments) * _SEGMENT_SIZE < _LARGEST_MAP:
        for at in range(start, end, _SEGMENT_SIZE):
            if not block[at + 12]:
                return segments
            segments.append((number(block[at : at + 12]), number(block[at + 12 : at + 24])))
        if not block[end]:
            return segments
        block, start, end = take(BLOCK), 0, 504
    raise _too_long()


def _map_in_body(pax: Mapping[bytes, bytes], size: int, take: Callable[[int], bytes]) -> tuple[Segments, int]:
    """Return a map of format 1.0 and its bytes: a count and the pairs, a number on each line, filled up with NULs."""
    version = pax[_MAJOR], pax.get(b"GNU.sparse.minor")
    if version != (b"1", b"0"):
        raise damaged(_("a sparse file is in the unknown format {version}").format(version=repr(version[0])))
    data = bytearray()
    lines, wanted = 0, 1
    while lines < wanted:
        if len(data) >= _LARGEST_MAP:
            raise _too_long()
        if len(data) >= size:
            raise damaged(_("the map of a sparse file is cut short"))
        block = take(BLOCK)
        data += block
        lines += block.count(b"\n")
        if wanted == 1 and lines:
            wanted += 2 * _decimal(bytes(data.partition(b"\n")[0]))
    return _pairs(bytes(data).split(b"\n", wanted)[1:wanted]), len(data)


def _pairs(fields: list[bytes]) -> Segments:
    if len(fields) % 2:
        raise damaged(_("the map of a sparse file has half a segment"))
    numbers = iter([_decimal(field) for field in fields])
    return list(zip(numbers, numbers, strict=True))


def _decimal(text: bytes) -> int:
    # Nineteen digits are 8 EiB, more than any file system holds.
    if not text.isdigit() or len(text) > 19:
        raise _no_size(text[:20])
    return int(text)


def _whole(parts: Iterable[int | memoryview]) -> Iterator[memoryview]:
    for part in parts:
        if isinstance(part, int):
            yield from _zeros(part)
        else:
            yield part


def _zeros(count: int) -> Iterator[memoryview]:
    while count:
        piece = _HOLE[:count]
        count -= len(piece)
        yield piece


def _no_size(what: object) -> Exception:
    return damaged(_("{text} is no number of bytes of a sparse file").format(text=repr(what)))


def _too_long() -> Exception:
    return damaged(_("the map of a sparse file is longer than {size} bytes").format(size=_LARGEST_MAP))
