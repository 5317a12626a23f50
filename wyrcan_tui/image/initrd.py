"""The initrd, written as it comes: a row of small cpio archives, each compressed on its own.

The kernel unpacks archives one after the other (init/initramfs.c, ``unpack_to_rootfs``), so each frame here is an
archive that ends with its trailer. Frames are compressed side by side in threads, and one that must change can be
made again alone: the number of a file's hard links stands in front of its body, but is known only later.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.image.zstd import ZstdCompressor, ZstdDecompressor
from wyrcan_tui.kernel import cpio
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.progress import size_text

FRAME: Final = 8 << 20
"""Bytes after which an archive is ended: enough to compress well, little enough to wait for."""
_LEVEL: Final = 1
_THREADS: Final = max(2, os.cpu_count() or 2)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Owner, permissions (with the type bits of `stat`) and modification time in seconds since 1970."""

    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0


@dataclass(slots=True)
class File:
    """A regular file that has gone into the initrd, so that further names can be linked to it."""

    inode: int
    metadata: Metadata
    size: int
    frame: int
    body: int
    """Where in its frame its body begins."""
    names: list[bytes]
    spans: list[tuple[int, int]]
    """From where to where in its frame the records of its names reach, the body included."""


@dataclass(slots=True)
class _Frame:
    """A finished archive: where it lies in the output, and the files that got further names after it ended."""

    start: int = 0
    size: int = 0
    late: dict[int, File] = field(default_factory=dict)


class _Compressor(Protocol):
    def compress(self, data: bytes | bytearray | memoryview) -> bytes: ...
    def flush(self) -> bytes: ...


class _Plain:
    """A compressor that does not compress."""

    def compress(self, data: bytes | bytearray | memoryview) -> bytes:
        return bytes(data)

    def flush(self) -> bytes:
        return b""


class InitrdWriter:
    """Writes an initrd into the open file `fd`, which it reads back where a frame must change.

    Records must come with parents before children. `finish` completes it; leaving the ``with`` block without it
    leaves the file incomplete.
    """

    def __init__(self, fd: int, compression: Compression = Compression.ZSTD, *, largest: int = sys.maxsize) -> None:
        """Write at most `largest` bytes.

        Where they are not enough, whatever writes raises the WyrcanError ``initrd-too-large``.
        """
        self._fd = fd
        self._largest = largest
        self._compression = compression
        self._end = 0
        self._frames: list[_Frame] = []
        self._buffer = bytearray()
        self._links: list[File] = []
        self._inode = 0
        self._unpacked = 0
        self._pool = ThreadPoolExecutor(_THREADS, "compress")
        self._waiting: deque[tuple[_Frame, Future[bytes]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def unpacked(self) -> int:
        """Bytes of all records and bodies, uncompressed."""
        return self._unpacked

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Add anything but a regular file: a directory, a device node, a fifo, or a link to `target`.

        Raises:
            WyrcanError: what writing raises.
        """
        self._make_room(len(target))
        self._inode += 1
        self._record(path, self._inode, metadata, size=len(target), device=device)
        self._append(target + cpio.padding(len(target)))

    def add_file(self, path: bytes, metadata: Metadata, size: int, body: Iterable[bytes | memoryview]) -> File:
        """Add a regular file of `size` bytes, which `body` yields.

        Raises:
            WyrcanError: ``file-too-large`` above 4 GiB, and what `body` raises.
        """
        self._make_room(size)
        self._inode += 1
        start = len(self._buffer)
        self._record(path, self._inode, metadata, size=size)
        at = len(self._buffer)
        padding = cpio.padding(size)
        file = File(self._inode, metadata, size, len(self._frames), at, [path], [(start, at + size + len(padding))])
        if size > FRAME:
            self._stream(size, body)
            return file
        for piece in body:
            self._append(piece)
        self._append(padding)
        return file

    def link(self, file: File, path: bytes) -> None:
        """Add one more name for a file."""
        file.names.append(path)
        if file.frame < len(self._frames):
            self._frames[file.frame].late[file.inode] = file
            return
        if len(file.names) == 2:
            self._links.append(file)
        start = len(self._buffer)
        self._record(path, file.inode, file.metadata)
        file.spans.append((start, len(self._buffer)))

    def finish(self, compression: Compression) -> None:
        """End the last archive, bring late names in, and see to it that the whole is in `compression`.

        Raises:
            WyrcanError: what writing raises.
        """
        self._close_frame()
        self._drain(0)
        self._settle_late_names()
        if compression is not self._compression:
            self._recompress(compression)

    def _make_room(self, size: int) -> None:
        if self._buffer and len(self._buffer) + size > FRAME:
            self._close_frame()

    def _record(
        self, path: bytes, inode: int, metadata: Metadata, *, size: int = 0, device: tuple[int, int] = (0, 0)
    ) -> None:
        self._append(_record(path, inode, metadata, size=size, device=device))

    def _append(self, data: bytes | memoryview) -> None:
        self._buffer += data
        self._unpacked += len(data)

    def _close_frame(self) -> None:
        if not self._buffer:
            return
        for file in self._links:
            for start, _ in file.spans:
                at = start + cpio.NLINK_OFFSET
                self._buffer[at : at + 8] = cpio.nlink_field(len(file.names))
        self._buffer += cpio.TRAILER
        frame = _Frame()
        self._frames.append(frame)
        self._waiting.append((frame, self._pool.submit(self._compressed, self._buffer)))
        self._buffer = bytearray()
        self._links = []
        self._drain(_THREADS)

    def _compressed(self, data: bytearray) -> bytes:
        compressor = _compressor(self._compression)
        return compressor.compress(data) + compressor.flush()

    def _drain(self, most: int) -> None:
        """Write out finished frames, in order, until at most so many are still being compressed."""
        while len(self._waiting) > most:
            frame, future = self._waiting.popleft()
            data = future.result()
            frame.start, frame.size = self._end, len(data)
            self._write(data)

    def _stream(self, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Write the frame of one large file as it comes, so that it never stands in memory whole."""
        self._drain(0)
        compressor = _compressor(self._compression)
        frame = _Frame(start=self._end)
        self._frames.append(frame)
        self._write(compressor.compress(self._buffer))
        self._buffer = bytearray()
        for piece in body:
            self._write(compressor.compress(piece))
        self._unpacked += size
        self._write(compressor.compress(cpio.padding(size) + cpio.TRAILER))
        self._write(compressor.flush())
        frame.size = self._end - frame.start

    def _write(self, data: bytes) -> None:
        if self._end + len(data) > self._largest:
            raise WyrcanError(
                "initrd-too-large",
                f"The image is too large: its initrd has more than the {size_text(self._largest)} that can be started.",
                hint="Use a smaller image, or a machine with more memory: half of it is the limit, and 4 GiB at most.",
            )
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, self._end)
            self._end += written
            view = view[written:]

    def _settle_late_names(self) -> None:
        """Take the files with late names out of their frames, and put them behind all others with all their names.

        The frames keep their order: a later record replaces an earlier one, so order has a meaning.
        """
        stale = [frame for frame in self._frames if frame.late]
        if not stale:
            return
        first = self._frames.index(stale[0])
        kept = [
            self._rewritten(self._without_late(frame) if frame.late else self._plain(frame))
            for frame in self._frames[first:]
        ]
        linked = [self._rewritten(self._only_late(frame)) for frame in stale]
        self._frames = [*self._frames[:first], *kept, *linked]
        self._close_gaps()

    def _rewritten(self, archive: Iterable[bytes]) -> _Frame:
        """Write an archive as a new frame behind all others."""
        frame = _Frame(self._end)
        compressor = _compressor(self._compression)
        for piece in archive:
            self._write(compressor.compress(piece))
        self._write(compressor.flush())
        frame.size = self._end - frame.start
        return frame

    def _without_late(self, frame: _Frame) -> Iterator[bytes]:
        removed = sorted(span for file in frame.late.values() for span in file.spans)
        starts = [0, *(end for _, end in removed)]
        ends = [*(start for start, _ in removed), sys.maxsize]
        for _, piece in self._cut(frame, list(zip(starts, ends, strict=True))):
            yield piece

    def _only_late(self, frame: _Frame) -> Iterator[bytes]:
        files = sorted(frame.late.values(), key=lambda file: file.body)
        pieces = self._cut(frame, [(file.body, file.body + file.size) for file in files])
        piece = next(pieces, None)
        for number, file in enumerate(files):
            nlink = len(file.names)
            first, *others = file.names
            yield _record(first, file.inode, file.metadata, nlink=nlink, size=file.size)
            while piece and piece[0] == number:
                yield piece[1]
                piece = next(pieces, None)
            yield cpio.padding(file.size)
            for name in others:
                yield _record(name, file.inode, file.metadata, nlink=nlink)
        yield cpio.TRAILER

    def _cut(self, frame: _Frame, spans: list[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
        """Yield the pieces of an archive that lie within `spans` (ascending), each with the number of its span."""
        position = number = 0
        for piece in self._plain(frame):
            end = position + len(piece)
            while number < len(spans) and spans[number][0] < end:
                low, high = (min(max(edge - position, 0), len(piece)) for edge in spans[number])
                if low < high:
                    yield number, piece[low:high]
                if spans[number][1] > end:
                    break
                number += 1
            position = end

    def _plain(self, frame: _Frame) -> Iterator[bytes]:
        return _plain(self._stored(frame), self._compression)

    def _stored(self, frame: _Frame) -> Iterator[bytes]:
        position, end = frame.start, frame.start + frame.size
        while position < end:
            piece = os.pread(self._fd, min(CHUNK, end - position), position)
            position += len(piece)
            yield piece

    def _close_gaps(self) -> None:
        self._end = 0
        for frame in self._frames:
            start = self._end
            if frame.start != start:
                for piece in self._stored(frame):
                    self._write(piece)
            self._end = start + frame.size
            frame.start = start
        os.ftruncate(self._fd, self._end)

    def _recompress(self, compression: Compression) -> None:
        old, self._compression = self._compression, compression
        self._frames = [self._rewritten(_plain(self._stored(frame), old)) for frame in self._frames]
        self._close_gaps()


def _compressor(compression: Compression) -> _Compressor:
    return _Plain() if compression is Compression.NONE else ZstdCompressor(_LEVEL)


def _record(
    path: bytes,
    inode: int,
    metadata: Metadata,
    *,
    nlink: int = 1,
    size: int = 0,
    device: tuple[int, int] = (0, 0),
) -> bytes:
    return cpio.record(
        path or b".",
        inode=inode,
        mode=metadata.mode,
        uid=metadata.uid,
        gid=metadata.gid,
        nlink=nlink,
        mtime=metadata.mtime,
        size=size,
        device=device,
    )


def _plain(pieces: Iterable[bytes], compression: Compression) -> Iterator[bytes]:
    if compression is Compression.NONE:
        yield from pieces
        return
    decompressor = ZstdDecompressor()
    for piece in pieces:
        data = piece
        while data or not (decompressor.needs_input or decompressor.eof):
            yield decompressor.decompress(data, CHUNK)
            data = b""
