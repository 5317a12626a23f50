"""The archives that an initrd consists of, in a file: compressed side by side, written in order, changed in place.

The kernel unpacks archives one after the other (init/initramfs.c, ``unpack_to_rootfs``), and each compressed one must
end where its compression ends. So an archive can be compressed without the others, and one that must change can be made
again alone.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.codec import Compressor, compressor, decompressed
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.progress import CancelledError, size_text

THREADS: Final = max(2, os.cpu_count() or 2)
_QUEUED: Final = 8
"""Pieces of a large file that may wait for the thread that compresses them."""


@dataclass(slots=True)
class Archive:
    """Where an archive lies in the file, and how it is compressed; the first two are known once it is written."""

    compression: Compression
    start: int = 0
    size: int = 0

    @property
    def end(self) -> int:
        """Where in the file the next one may begin."""
        return self.start + self.size


class _Tools(threading.local):
    """The compressors of a thread: to make one costs more than to compress a small archive with it."""

    def __init__(self) -> None:
        self.made: dict[Compression, Compressor] = {}


class Archives:
    """A row of archives in the open file `fd`, which is read back where one must change.

    Used from one thread; it compresses in threads of its own, and what fails there is raised by the next call. `put`
    and `stream` go before `settle`, and all that reads or changes archives comes after it.
    """

    def __init__(self, fd: int, largest: int) -> None:
        """Write at most `largest` bytes: where they are not enough, the WyrcanError ``initrd-too-large`` is raised."""
        self._fd = fd
        self._largest = largest
        self._end = 0
        self._row: list[Archive] = []
        self._pool = ThreadPoolExecutor(THREADS, "compress")
        self._tools = _Tools()
        self._running: deque[Future[None]] = deque()
        self._turn = threading.Condition()
        self._submitted = self._passed = 0
        self._failure: BaseException | None = None

    def __len__(self) -> int:
        """Return the number of archives, finished or not."""
        return len(self._row)

    def close(self) -> None:
        """Stop what is still being written; without `settle` before it, the file is incomplete."""
        self._fail(CancelledError())
        self._pool.shutdown(cancel_futures=True)

    def put(self, archive: memoryview, compression: Compression, done: Callable[[], None]) -> None:
        """Add an archive, which must stay as it is until `done` is called, in whichever thread."""

        def compress(tool: Compressor) -> Iterator[bytes]:
            try:
                # Not put together: that would take their memory twice.
                parts = tool.compress(archive), tool.flush()
            finally:
                archive.release()
                done()
            yield from parts

        self._submit(compression, compress)

    def stream(self, pieces: Iterable[bytes | memoryview], compression: Compression) -> None:
        """Add an archive whose bytes come in pieces, so that it never stands in memory whole."""
        waiting = queue.Queue[bytes | memoryview | None](_QUEUED)

        def compress(tool: Compressor) -> Iterator[bytes]:
            piece: bytes | memoryview | None = b""
            try:
                while (piece := waiting.get()) is not None:
                    yield tool.compress(piece)
                yield tool.flush()
            finally:
                # Whoever fills the queue must not wait for ever where this has failed.
                while piece is not None:
                    piece = waiting.get()

        self._submit(compression, compress)
        try:
            for piece in pieces:
                waiting.put(piece)
        finally:
            waiting.put(None)

    def settle(self) -> None:
        """Wait until everything is written.

        Raises:
            WyrcanError: what writing raised.
        """
        self._wait(0)

    def begin(self, compression: Compression) -> Archive:
        """Add an empty archive, which `extend` fills from this thread."""
        archive = Archive(compression, self._end)
        self._row.append(archive)
        return archive

    def extend(self, pieces: list[bytes | memoryview]) -> None:
        """Write further bytes, as they are, of the archive that was begun last.

        Raises:
            WyrcanError: ``initrd-too-large``.
        """
        size = sum(map(len, pieces))
        self._make_room(size)
        written = os.pwritev(self._fd, pieces, self._end)
        if written < size:
            _write(self._fd, b"".join(pieces)[written:], self._end + written)
        self._end += size
        self._row[-1].size += size

    def append(self, pieces: Iterable[bytes], compression: Compression) -> Archive:
        """Compress an archive and add it behind all others.

        Raises:
            WyrcanError: ``initrd-too-large``.
        """
        tool = compressor(compression)
        archive = self.begin(compression)
        for piece in pieces:
            self.extend([tool.compress(piece)])
        self.extend([tool.flush()])
        return archive

    def read(self, number: int) -> Iterator[bytes]:
        """Yield the bytes of an archive, decompressed."""
        archive = self._row[number]
        return decompressed(self._stored(archive), archive.compression)

    def replace(self, number: int, pieces: Iterable[bytes]) -> None:
        """Put a part of an archive in its place.

        Should compression make more bytes of the part than of the whole, the archive stays as it was.
        """
        old = self._row[number]
        new = self.append(pieces, old.compression)
        self._row.pop()
        self._end = new.start
        if new.size <= old.size:
            self._move(new, old.start)
            old.size = new.size

    def convert(self, compression: Compression) -> None:
        """See to it that all archives are in `compression`, and that no gap is between them."""
        if any(archive.compression is not compression for archive in self._row):
            row, self._row = self._row, []
            for archive in row:
                self.append(decompressed(self._stored(archive), archive.compression), compression)
        self._end = 0
        for archive in self._row:
            self._move(archive, self._end)
            self._end = archive.end
        os.ftruncate(self._fd, self._end)

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes of an uncompressed archive at this position of the file."""
        _write(self._fd, data, position)

    def _submit(self, compression: Compression, compress: Callable[[Compressor], Iterator[bytes]]) -> None:
        archive, number = Archive(compression), self._submitted

        def work() -> None:
            try:
                for data in compress(self._tool(compression)):
                    self._wait_for_turn(number)
                    if not archive.size:
                        archive.start = self._end
                    self._make_room(len(data))
                    _write(self._fd, data, self._end)
                    self._end += len(data)
                    archive.size += len(data)
                self._pass_turn()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that fills must learn of it
                self._fail(error)

        self._submitted += 1
        self._row.append(archive)
        self._running.append(self._pool.submit(work))
        # One more than there are threads, so that each has something to go on with.
        self._wait(THREADS + 1)

    def _wait(self, most: int) -> None:
        while len(self._running) > most:
            self._running.popleft().result()
        if self._failure:
            raise self._failure

    def _wait_for_turn(self, number: int) -> None:
        with self._turn:
            self._turn.wait_for(lambda: self._passed == number or self._failure)
        if self._failure:
            raise self._failure

    def _pass_turn(self) -> None:
        with self._turn:
            self._passed += 1
            self._turn.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._turn:
            self._failure = self._failure or error
            self._turn.notify_all()

    def _tool(self, compression: Compression) -> Compressor:
        tools = self._tools.made
        if compression not in tools:
            tools[compression] = compressor(compression)
        return tools[compression]

    def _make_room(self, size: int) -> None:
        if self._end + size > self._largest:
            raise WyrcanError(
                "initrd-too-large",
                f"The image is too large: its initrd has more than the {size_text(self._largest)} that can be started.",
                hint="Use a smaller image, or a machine with more memory: while it is loaded, it is there three times. "
                "4 GiB is the most anywhere.",
            )

    def _stored(self, archive: Archive) -> Iterator[bytes]:
        position, end = archive.start, archive.end
        while position < end:
            piece = os.pread(self._fd, min(CHUNK, end - position), position)
            position += len(piece)
            yield piece

    def _move(self, archive: Archive, start: int) -> None:
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
