"""The archives that an initrd consists of, in a file: written as they come, each in the compression it is to have.

The kernel unpacks archives one after the other (init/initramfs.c, ``unpack_to_rootfs``), and each compressed one must
end where its compression ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.codec import Compressor, compressor, decompressed
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

MOST_PIECES: Final = 512
"""Pieces that may be added at once; the kernel writes 1024 with one call (IOV_MAX)."""


@dataclass(slots=True)
class _Archive:
    """Where an archive lies in the file, and how it is compressed."""

    compression: Compression
    start: int
    size: int = 0

    @property
    def end(self) -> int:
        """Where in the file the next one may begin."""
        return self.start + self.size


class Archives:
    """A row of archives in the open file `fd`, which is read back where their compression must change."""

    def __init__(self, fd: int, largest: int) -> None:
        """Write at most `largest` bytes: where they are not enough, the WyrcanError ``initrd-too-large`` is raised."""
        self._fd = fd
        self._largest = largest
        self._end = 0
        self._row: list[_Archive] = []
        self._open: _Archive | None = None
        self._tools: dict[Compression, Compressor] = {}

    def add(self, pieces: Sequence[bytes | bytearray | memoryview], compression: Compression) -> None:
        """Add at most `MOST_PIECES` pieces to the archive that is open; where none is, one in `compression` is begun.

        They must stay as they are until this returns only.

        Raises:
            WyrcanError: ``initrd-too-large``.
        """
        if self._open is None:
            self._open = _Archive(compression, self._end)
            self._row.append(self._open)
        tool = self._tool(self._open.compression)
        self._write([tool.compress(piece) for piece in pieces])

    def end(self) -> None:
        """End the archive that is open.

        Raises:
            WyrcanError: ``initrd-too-large``.
        """
        if self._open is not None:
            self._write([self._tool(self._open.compression).flush()])
            self._open = None

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes of the open archive, which is not compressed, at a position in it."""
        assert self._open is not None, "there is something to change"
        _write(self._fd, data, self._open.start + position)

    def convert(self, compression: Compression) -> None:
        """See to it that all archives, of which none is open, are in `compression`, and that no gap is between them."""
        if any(archive.compression is not compression for archive in self._row):
            row, self._row = self._row, []
            for archive in row:
                for piece in decompressed(self._stored(archive), archive.compression):
                    self.add([piece], compression)
                self.end()
        self._end = 0
        for archive in self._row:
            self._move(archive, self._end)
            self._end = archive.end
        os.ftruncate(self._fd, self._end)

    def _tool(self, compression: Compression) -> Compressor:
        if compression not in self._tools:
            self._tools[compression] = compressor(compression)
        return self._tools[compression]

    def _write(self, pieces: Sequence[bytes | bytearray | memoryview]) -> None:
        size = sum(map(len, pieces))
        if self._end + size > self._largest:
            raise WyrcanError(
                "initrd-too-large",
                _("The image is too large: its initrd has more than the {size} that can be started.").format(
                    size=size_text(self._largest)
                ),
                hint=_(
                    "Use a smaller image, or a machine with more memory: while it is loaded, it is there three times. "
                    "4 GiB is the most anywhere."
                ),
            )
        written = os.pwritev(self._fd, pieces, self._end)
        if written < size:
            _write(self._fd, b"".join(pieces)[written:], self._end + written)
        self._end += size
        self._row[-1].size += size

    def _stored(self, archive: _Archive) -> Iterator[bytes]:
        position, end = archive.start, archive.end
        while position < end:
            piece = os.pread(self._fd, min(CHUNK, end - position), position)
            position += len(piece)
            yield piece

    def _move(self, archive: _Archive, start: int) -> None:
        """Move an archive towards the front."""
        if archive.start != start:
            position = start
            for piece in self._stored(archive):
                _write(self._fd, piece, position)
                position += len(piece)
            archive.start = start


def _write(fd: int, data: bytes, position: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, position)
        position += written
        view = view[written:]
