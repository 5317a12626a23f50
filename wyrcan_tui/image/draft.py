"""The end of an initrd that is being filled: kept for a while, as what is compressed cannot be changed any more."""

from __future__ import annotations

import sys
from typing import Final, Protocol

from wyrcan_tui.image.archives import MOST_PIECES, Archives
from wyrcan_tui.kernel.config import Compression

_MOST_WAITING: Final = 1 << 20
"""Bytes that wait for one write."""


class Draft(Protocol):
    """What has not gone for good.

    Attributes:
        usual: bytes after which it should be settled.
        position: bytes that it has so far.
    """

    usual: int
    position: int

    def write(self, pieces: tuple[bytes | memoryview, ...], size: int) -> None:
        """Add pieces of together `size` bytes, which must stay as they are."""

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes that were written at `position`."""

    def settle(self) -> None:
        """Let go of all bytes, in the archive that is open."""


class BufferedDraft:
    """A draft that stands in memory until it is compressed (see `Draft`)."""

    def __init__(self, archives: Archives, compression: Compression, usual: int) -> None:
        self.usual = usual
        self.position = 0
        self._archives = archives
        self._compression = compression
        self._pieces: list[bytes | memoryview] = []
        self._patches: list[tuple[int, bytes]] = []

    def write(self, pieces: tuple[bytes | memoryview, ...], size: int) -> None:
        """Add pieces (see `Draft`)."""
        self._pieces += pieces
        self.position += size

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes (see `Draft`)."""
        self._patches.append((position, data))

    def settle(self) -> None:
        """Have it compressed (see `Draft`)."""
        whole = bytearray().join(self._pieces)
        for position, data in self._patches:
            whole[position : position + len(data)] = data
        self._archives.add([whole], self._compression)
        self._pieces, self._patches, self.position = [], [], 0


class DirectDraft:
    """A draft that is not compressed, and so need not be settled before the archive ends (see `Draft`)."""

    def __init__(self, archives: Archives) -> None:
        self.usual = sys.maxsize
        self.position = 0
        self._archives = archives
        self._pieces: list[bytes | memoryview] = []
        self._written = 0

    def write(self, pieces: tuple[bytes | memoryview, ...], size: int) -> None:
        """Add pieces (see `Draft`)."""
        self._pieces += pieces
        self.position += size
        if self.position - self._written >= _MOST_WAITING or len(self._pieces) >= MOST_PIECES:
            self._flush()

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes (see `Draft`)."""
        self._flush()
        self._archives.patch(position, data)

    def settle(self) -> None:
        """Write the last bytes (see `Draft`)."""
        self._flush()
        self._written = self.position = 0

    def _flush(self) -> None:
        for start in range(0, len(self._pieces), MOST_PIECES):
            self._archives.add(self._pieces[start : start + MOST_PIECES], Compression.NONE)
        self._pieces = []
        self._written = self.position
