"""The archive of an initrd that is being filled: kept until it is compressed, or written as it comes."""

from __future__ import annotations

import sys
from collections import deque
from typing import Final, Protocol

from wyrcan_tui.image.archives import Archive, Archives
from wyrcan_tui.image.crew import THREADS, Crew
from wyrcan_tui.kernel.config import Compression

_SPARE: Final = 64 << 10
"""Bytes beyond its usual end that an archive may have: its trailer, and names of files that are in it."""
_MOST_PIECES: Final = 512
"""Pieces that wait for one write; the kernel takes 1024 (IOV_MAX)."""
_MOST_WAITING: Final = 1 << 20
"""Bytes that wait for one write."""


class Draft(Protocol):
    """The last archive of the row.

    Attributes:
        usual: bytes after which it should be ended.
        position: bytes that it has so far.
    """

    usual: int
    position: int

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes."""

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes that were written at `position`."""

    def end(self) -> None:
        """Finish the archive; what is written next begins another one."""

    def take_back(self) -> bytes:
        """Return what was written, as if it had not been."""


class Buffers:
    """Memory for archives that wait for their compression: used again and again, as fresh memory costs time.

    There are two more than there are threads. `take` waits for one, so an image never gets further ahead than that.
    """

    def __init__(self, crew: Crew, size: int) -> None:
        self._crew = crew
        self._spare = deque(bytearray(size) for _ in range(THREADS + 2))

    def take(self) -> bytearray:
        """Return a buffer with any content."""
        self._crew.wait_for(lambda: bool(self._spare))
        return self._spare.pop()

    def give(self, buffer: bytearray) -> None:
        """Take a buffer back; safe from any thread."""
        self._spare.append(buffer)
        self._crew.changed()


class BufferedDraft:
    """A draft that stands in memory, and is compressed as a whole (see `Draft`)."""

    def __init__(self, archives: Archives, crew: Crew, compression: Compression, usual: int) -> None:
        self.usual = usual
        self.position = 0
        self._archives = archives
        self._compression = compression
        self._buffers = Buffers(crew, usual + _SPARE)
        self._buffer = self._buffers.take()
        self._view = memoryview(self._buffer)

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes (see `Draft`)."""
        end = self.position + len(data)
        if end > len(self._buffer):
            self._view.release()
            self._buffer += bytes(end)
            self._view = memoryview(self._buffer)
        self._view[self.position : end] = data
        self.position = end

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes (see `Draft`)."""
        self._view[position : position + len(data)] = data

    def end(self) -> None:
        """Have it compressed (see `Draft`)."""
        buffer = self._buffer
        self._archives.put(self._view[: self.position], self._compression, lambda: self._buffers.give(buffer))
        self.position = 0
        self._buffer = self._buffers.take()
        self._view = memoryview(self._buffer)

    def take_back(self) -> bytes:
        """Empty the draft (see `Draft`)."""
        taken = bytes(self._view[: self.position])
        self.position = 0
        return taken


class DirectDraft:
    """A draft that is not compressed, and so need not be ended before the image is (see `Draft`)."""

    def __init__(self, archives: Archives) -> None:
        self.usual = sys.maxsize
        self.position = 0
        self._archives = archives
        self._begin()

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes (see `Draft`)."""
        self._pieces.append(data)
        self.position += len(data)
        if self.position - self._written >= _MOST_WAITING or len(self._pieces) >= _MOST_PIECES:
            self._flush()

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes (see `Draft`)."""
        self._flush()
        if self._archive:
            self._archives.patch(self._archive.start + position, data)

    def end(self) -> None:
        """Write the last bytes (see `Draft`)."""
        self._flush()
        self._begin()

    def take_back(self) -> bytes:
        """Refuse: what is written as it comes cannot be taken back (see `Draft`)."""
        raise AssertionError("a draft without a usual end is never too small for a file")

    def _begin(self) -> None:
        self._archive: Archive | None = None
        self._pieces: list[bytes | memoryview] = []
        self._written = self.position = 0

    def _flush(self) -> None:
        if not self._pieces:
            return
        self._archive = self._archive or self._archives.begin(Compression.NONE)
        self._archives.extend(self._pieces)
        self._pieces = []
        self._written = self.position
