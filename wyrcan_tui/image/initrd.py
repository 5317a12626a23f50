"""The initrd, written as it comes: a row of newc archives, whose hard links have their right counts.

How many names a file has stands in front of its body, but is known only later; and the kernel finds the names of a
file by its inode number until the archive ends (init/initramfs.c, ``maybe_link``). What comes while the archive is
still open is patched there. A file that gets a name later is taken out of its archive, and put behind all others with
all its names: its content is in the initrd once.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, NamedTuple, Self

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.archives import Archives
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.draft import BufferedDraft, DirectDraft, Draft
from wyrcan_tui.kernel import cpio
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.progress import size_text

FRAME: Final = 2 << 20
"""Bytes after which a compressed archive is ended: enough to compress well, little enough to wait for."""


class Metadata(NamedTuple):
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
    archive: int
    body: int
    """Where in its archive its body begins."""
    names: list[bytes]
    spans: list[tuple[int, int]]
    """From where to where in its archive the records of its names reach, the body included."""


class InitrdWriter:
    """Writes an initrd into the open file `fd`, which it reads back where an archive must change.

    Records must come with parents before children. `finish` completes it; leaving the ``with`` block without it
    leaves the file incomplete.
    """

    def __init__(
        self,
        fd: int,
        crew: Crew,
        compression: Compression = Compression.ZSTD,
        *,
        largest: int = sys.maxsize,
        largest_root: int = sys.maxsize,
    ) -> None:
        """Write at most `largest` bytes, compressed by `crew` as the kernel is likely to take it.

        Where they are not enough, whatever writes raises the WyrcanError ``initrd-too-large``; and the WyrcanError
        ``root-too-large`` where they would unpack to more than about `largest_root` bytes, however few they are.
        """
        self._archives = Archives(fd, crew, largest)
        self._crew = crew
        self._largest_root = largest_root
        self._compression = compression
        self._draft = self._begin()
        self._number = 0
        self._linked: list[File] = []
        self._late: defaultdict[int, dict[int, File]] = defaultdict(dict)
        self._inode = 0
        self._unpacked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._archives.close()

    @property
    def unpacked(self) -> int:
        """Bytes of all records and bodies, uncompressed."""
        return self._unpacked + self._draft.position

    def use(self, compression: Compression) -> None:
        """Compress so from now on, and what is written already, which costs the more the later it is said.

        Raises:
            WyrcanError: what writing raises.
        """
        if compression is not self._compression:
            self._end_archive()
            self._archives.settle()
            self._archives.convert(compression)
            self._compression = compression
            self._draft = self._begin()

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Add anything but a regular file: a directory, a device node, a fifo, or a link to `target`.

        Raises:
            WyrcanError: what writing raises.
        """
        size = len(target)
        self._make_room(size)
        self._inode += 1
        record = _record(path, self._inode, metadata, size=size, device=device)
        self._draft.write(record + target + cpio.padding(size) if size else record)

    def add_file(self, path: bytes, metadata: Metadata, size: int, body: Iterable[bytes | memoryview]) -> File:
        """Add a regular file of `size` bytes, which `body` yields.

        Raises:
            WyrcanError: ``file-too-large`` above 4 GiB, and what `body` raises.
        """
        self._make_room(size)
        self._inode += 1
        draft = self._draft
        start = draft.position
        draft.write(_record(path, self._inode, metadata, size=size))
        at = draft.position
        padding = cpio.padding(size)
        end = at + size + len(padding)
        file = File(self._inode, metadata, size, self._number, at, [path], [(start, end)])
        if size > draft.usual:
            self._stream(size, body)
            return file
        for piece in body:
            draft.write(piece)
        if padding:
            draft.write(padding)
        return file

    def link(self, file: File, path: bytes) -> None:
        """Add one more name for a file."""
        file.names.append(path)
        if file.archive != self._number:
            self._late[file.archive][file.inode] = file
            return
        if len(file.names) == 2:
            self._linked.append(file)
        start = self._draft.position
        self._draft.write(_record(path, file.inode, file.metadata))
        file.spans.append((start, self._draft.position))

    def finish(self, compression: Compression) -> None:
        """End the last archive, bring late names in, and see to it that the whole is in `compression`.

        Raises:
            WyrcanError: what writing raises.
        """
        self._end_archive()
        self._archives.settle()
        for number, files in sorted(self._late.items()):
            late = sorted(files.values(), key=lambda file: file.body)
            self._archives.append(self._only(late, number), self._compression)
            self._archives.replace(number, self._without(late, number))
        self._archives.convert(compression)

    def _begin(self) -> Draft:
        if self._compression is Compression.NONE:
            return DirectDraft(self._archives)
        return BufferedDraft(self._archives, self._crew, self._compression, FRAME)

    def _make_room(self, size: int) -> None:
        if self._unpacked + self._draft.position + size > self._largest_root:
            raise WyrcanError(
                "root-too-large",
                f"The image is too large: unpacked, it has more than the {size_text(self._largest_root)} "
                "that this machine has room for.",
                hint="Use a smaller image or a machine with more memory.",
            )
        if self._draft.position and self._draft.position + size > self._draft.usual:
            self._end_archive()

    def _end_archive(self) -> None:
        if not self._draft.position:
            return
        for file in self._linked:
            count = cpio.nlink_field(len(file.names))
            for start, _ in file.spans:
                self._draft.patch(start + cpio.NLINK_OFFSET, count)
        self._draft.write(cpio.TRAILER)
        self._unpacked += self._draft.position
        self._draft.end()
        self._number += 1
        self._linked = []

    def _stream(self, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Write the archive of one large file as it comes, so that it never stands in memory whole."""
        head, tail = self._draft.take_back(), cpio.padding(size) + cpio.TRAILER
        self._archives.stream(itertools.chain([head], body, [tail]), self._compression)
        self._unpacked += len(head) + size + len(tail)
        self._number += 1

    def _without(self, late: list[File], number: int) -> Iterator[bytes]:
        """Yield an archive without the records of these files."""
        removed = sorted(span for file in late for span in file.spans)
        starts = [0, *(end for _, end in removed)]
        ends = [*(start for start, _ in removed), sys.maxsize]
        for _, piece in self._cut(number, list(zip(starts, ends, strict=True))):
            yield piece

    def _only(self, late: list[File], number: int) -> Iterator[bytes]:
        """Yield an archive of these files alone, with all their names."""
        pieces = self._cut(number, [(file.body, file.body + file.size) for file in late])
        piece = next(pieces, None)
        for place, file in enumerate(late):
            nlink = len(file.names)
            first, *others = file.names
            yield _record(first, file.inode, file.metadata, nlink=nlink, size=file.size)
            while piece and piece[0] == place:
                yield piece[1]
                piece = next(pieces, None)
            yield cpio.padding(file.size)
            for name in others:
                yield _record(name, file.inode, file.metadata, nlink=nlink)
        yield cpio.TRAILER

    def _cut(self, number: int, spans: list[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
        """Yield the pieces of an archive that lie within `spans` (ascending), each with the number of its span."""
        position = place = 0
        for piece in self._archives.read(number):
            end = position + len(piece)
            while place < len(spans) and spans[place][0] < end:
                low, high = (min(max(edge - position, 0), len(piece)) for edge in spans[place])
                if low < high:
                    yield place, piece[low:high]
                if spans[place][1] > end:
                    break
                place += 1
            position = end


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
