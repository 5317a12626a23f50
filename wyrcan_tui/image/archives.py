"""The archives that an initrd consists of, in a file: compressed side by side, written in order.

The kernel unpacks archives one after the other (init/initramfs.c, ``unpack_to_rootfs``), and each compressed one must
end where its compression ends. So an archive can be compressed without the others.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.codec import Compressor, compressor, decompressed
from wyrcan_tui.image.crew import THREADS, Crew, Lane
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.progress import CancelledError, size_text
from wyrcan_tui.texts import _

_QUEUED: Final = 8
"""Pieces of a large file that may wait for their compression."""
_UNWRITTEN: Final = THREADS + 1
"""Archives that may be unfinished: one more than there are threads, so that each has something to go on with."""
_MOST_WAITING: Final = 8 << 20
"""Bytes of a large file that may wait until the archives before it are written."""


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


@dataclass(slots=True)
class _Unwritten:
    """An archive that is being compressed: what is ready of it, but not yet written, and whether that is its end."""

    archive: Archive
    ready: deque[bytes] = field(default_factory=deque)
    waiting: int = 0
    ended: bool = False


class Archives:
    """A row of archives in the open file `fd`, which is read back where their compression must change.

    Used from one thread; a crew compresses, and what fails there is raised by the next call. `put` and `stream` go
    before `settle`, and `convert` comes after it.
    """

    def __init__(self, fd: int, crew: Crew, largest: int) -> None:
        """Write at most `largest` bytes: where they are not enough, the WyrcanError ``initrd-too-large`` is raised."""
        self._fd = fd
        self._crew = crew
        self._largest = largest
        self._end = 0
        self._row: list[Archive] = []
        self._unwritten = deque[_Unwritten]()
        self._writing = threading.Lock()
        self._tools = defaultdict[Compression, list[Compressor]](list)
        self._failure: BaseException | None = None

    def close(self) -> None:
        """Write no more; without `settle` before it, the file is incomplete."""
        self._fail(CancelledError())

    def put(self, archive: memoryview, compression: Compression, done: Callable[[], None]) -> None:
        """Add an archive, which must stay as it is until `done` is called, in whichever thread.

        Raises:
            WyrcanError: what writing raised.
        """
        draft = self._begin_draft(compression)

        def compress() -> None:
            parts: tuple[bytes, ...] = ()
            try:
                with self._tool(compression) as tool:
                    parts = (tool.whole(archive),)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that fills must learn of it
                self._fail(error)
            finally:
                archive.release()
                done()
            self._write_ready(draft, parts, ended=True)

        self._crew.start(compress)

    def stream(self, pieces: Iterable[bytes | memoryview], compression: Compression) -> None:
        """Add an archive whose bytes come in pieces, so that it never stands in memory whole.

        Raises:
            WyrcanError: what writing raised.
        """
        draft = self._begin_draft(compression)
        lane = Lane(self._crew, _QUEUED)
        with self._tool(compression) as tool:
            for piece in pieces:
                lane.put(partial(self._compress, draft, tool, piece))
                self._crew.wait_for(lambda: draft.waiting <= _MOST_WAITING or self._failure is not None)
                self._check()
            lane.put(lambda: self._write_ready(draft, (tool.flush(),), ended=True))
            lane.drain()

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

    def convert(self, compression: Compression) -> None:
        """See to it that all archives are in `compression`, and that no gap is between them."""
        if any(archive.compression is not compression for archive in self._row):
            row, self._row = self._row, []
            for archive in row:
                self._append(decompressed(self._stored(archive), archive.compression), compression)
        self._end = 0
        for archive in self._row:
            self._move(archive, self._end)
            self._end = archive.end
        os.ftruncate(self._fd, self._end)

    def patch(self, position: int, data: bytes) -> None:
        """Change bytes of an uncompressed archive at this position of the file."""
        _write(self._fd, data, position)

    def _append(self, pieces: Iterable[bytes], compression: Compression) -> None:
        tool = compressor(compression)
        self.begin(compression)
        for piece in pieces:
            self.extend([tool.compress(piece)])
        self.extend([tool.flush()])

    def _begin_draft(self, compression: Compression) -> _Unwritten:
        self._wait(_UNWRITTEN)
        draft = _Unwritten(Archive(compression))
        self._row.append(draft.archive)
        self._unwritten.append(draft)
        return draft

    def _wait(self, most: int) -> None:
        self._crew.wait_for(lambda: len(self._unwritten) <= most or self._failure is not None)
        self._check()

    def _check(self) -> None:
        if self._failure:
            raise self._failure

    def _compress(self, draft: _Unwritten, tool: Compressor, piece: bytes | memoryview) -> None:
        self._write_ready(draft, (tool.compress(piece),), ended=False)

    def _write_ready(self, draft: _Unwritten, data: Collection[bytes], *, ended: bool) -> None:
        """Take what is ready of a draft, and write all whose turn has come."""
        with self._writing:
            draft.ready += data
            draft.ended = ended
            draft.waiting += sum(map(len, data))
            try:
                while self._unwritten and not self._failure:
                    first = self._unwritten[0]
                    while first.ready:
                        self._write_next(first)
                    if not first.ended:
                        break
                    self._unwritten.popleft()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that fills must learn of it
                self._fail(error)
        self._crew.changed()

    def _write_next(self, draft: _Unwritten) -> None:
        data = draft.ready.popleft()
        archive = draft.archive
        if not archive.size:
            archive.start = self._end
        self._make_room(len(data))
        _write(self._fd, data, self._end)
        self._end += len(data)
        archive.size += len(data)
        draft.waiting -= len(data)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error

    @contextmanager
    def _tool(self, compression: Compression) -> Iterator[Compressor]:
        """Lend a compressor: to make one costs more than to compress a small archive with it."""
        spare = self._tools[compression]
        try:
            tool = spare.pop()
        except IndexError:
            tool = compressor(compression)
        yield tool
        # One that has failed in the middle of an archive is of no use for another.
        spare.append(tool)

    def _make_room(self, size: int) -> None:
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
