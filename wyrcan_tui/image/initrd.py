"""The initrd, written as it comes: a row of newc archives, whose hard links have their right counts.

How many names a file has stands in front of its body, but is known only later; and the kernel finds the names of a
file by its inode number, which it keeps in mind, until the archive ends, where the first record told of more names than
one (init/initramfs.c, ``maybe_link``). What comes soon is patched in a draft, before that is compressed. A file that
gets a name later is reached by a detour, so that its content is in the initrd once and nothing that is compressed need
change: what the kernel knows by an inode number is a path, and what that path leads to may change. So an empty file is
made in a directory of our own and removed, and a symbolic link to the directory of the real one takes the place of
ours; the names that follow are then links to the real one.

What time a directory has, the kernel sets at the very end, by the path of each record that it saw, the newest first, so
that the first record counts (``dir_utime``). But what is known at first may be no more than that something is in the
directory. So directories are made on a detour as well, by paths that lead nowhere at the end, and get records of their
own when all is known.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.archives import Archives
from wyrcan_tui.image.draft import BufferedDraft, DirectDraft, Draft
from wyrcan_tui.kernel import cpio
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.kernel.cpio import Metadata
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

# What is no Final here is set by tests: compiled code has what is final built in.
DRAFT: int = 1 << 19
"""Bytes that are kept before they are compressed, while further names of files may come; larger files go on."""
FRAME: int = 256 << 20
"""Bytes that a compressed archive should not exceed: 4 GiB are too many for a kernel, and to end one takes a moment."""

LARGEST_ROOT: int = 64 << 30
"""Bytes that any root may have. That is sixteen times what an initrd may have on any machine, and roots have two to
three times what theirs have (bench/RESULTS.md); but holes and zeros take next to nothing in a layer or an initrd, and
without an end to them somebody would wait for hours."""

_MOST_FILES: int = 1 << 16
"""Files of a draft of which it is kept where they begin, in some 100 bytes each. Only a draft that is not compressed
has so many; links that lead further back take a detour there, too."""

_DETOUR: Final = b".wh..wyrcan"
"""The path of the directory, and symbolic link, that is there for detours only. No image can have a name that begins
like this (OCI image spec, layer.md, "Whiteouts")."""
_LINK: Final = Metadata(stat.S_IFLNK | 0o777)
HEAD: Final = cpio.record(_DETOUR, 0, _LINK, size=1) + b"." + cpio.padding(1)
"""The record that each initrd begins with: the detour leads to the root."""


def detour(path: bytes) -> bytes:
    """Return the path by which a directory is made before it gets its record.

    Where that is too long for the kernel it is the path itself: so deep, a directory has its first time.

    Raises:
        WyrcanError: ``path-too-long`` where the path itself is.
    """
    cpio.check_path(path)
    by_link = _DETOUR + b"/" + path
    return by_link if len(by_link) <= cpio.LONGEST_PATH else path


class File:
    """A regular file, to which further names can be linked.

    Attributes:
        path: its first name.
        metadata: what the records of its names say.
        inode: the number by which the kernel knows it, which no other file that is linked may have; 0 for those
            that never are.
    """

    # Written out for the same reason as `Entry` in tar.py.
    def __init__(self, path: bytes, metadata: Metadata, inode: int = 0) -> None:
        self.path = path
        self.metadata = metadata
        self.inode = inode


class InitrdWriter:
    """Writes an initrd into the open file `fd`, which it reads back where an archive must change.

    Records must come with parents before children. Until `finish`, the file is incomplete.
    """

    def __init__(
        self,
        fd: int,
        compression: Compression = Compression.ZSTD,
        *,
        largest: int = sys.maxsize,
        largest_root: int = sys.maxsize,
    ) -> None:
        """Write at most `largest` bytes, compressed as the kernel is likely to take it.

        Where they are not enough, whatever writes raises the WyrcanError ``initrd-too-large``; and the WyrcanError
        ``root-too-large`` where they would unpack to more than about `largest_root` bytes, however few they are, or
        than `LARGEST_ROOT`.
        """
        self._archives = Archives(fd, largest)
        self._largest_root = min(largest_root, LARGEST_ROOT)
        self._compression = compression
        # By inode number: where in this draft the records of files begin, and those of files that are linked, the links
        # that were counted in drafts before, and names that came too late for their file's draft.
        self._starts: dict[int, int] = {}
        self._records: dict[int, list[int]] = {}
        self._counted: dict[int, int] = {}
        self._late: dict[int, tuple[File, list[bytes]]] = {}
        self._directories: dict[bytes, Metadata] = {}
        self._settled = 0
        self._ended = 0
        self._begin()
        self._write(HEAD)

    @property
    def unpacked(self) -> int:
        """Bytes of all records and bodies, uncompressed."""
        return self._settled + self._draft.position

    def use(self, compression: Compression) -> None:
        """Compress so from now on, and what is written already, which costs the more the later it is said.

        Raises:
            WyrcanError: what writing raises.
        """
        if compression is not self._compression:
            self._end_archive()
            self._archives.convert(compression)
            self._compression = compression
            self._begin()

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Add anything but a regular file: a directory, a device node, a fifo, or a link to `target`.

        Raises:
            WyrcanError: what writing raises.
        """
        if stat.S_ISDIR(metadata.mode):
            self._add_directory(path, metadata)
            return
        self._directories.pop(path, None)
        self._add(path, metadata, target, device)

    def add_file(self, file: File, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Add a regular file of `size` bytes, which `body` yields.

        Raises:
            WyrcanError: ``file-too-large`` above 4 GiB, and what `body` raises.
        """
        self._make_room(size)
        if len(self._starts) >= _MOST_FILES:
            self._forget_older()
        path, inode = file.path, file.inode
        draft = self._draft
        self._starts[inode] = draft.position
        record, padding = cpio.record(path, inode, file.metadata, size=size), cpio.padding(size)
        if size <= DRAFT:
            draft.write((record, *body, padding), len(record) + size + len(padding))
        else:
            self._write(record)
            self._pass(size, body)
            self._write(padding)

    def link(self, file: File, path: bytes) -> None:
        """Add one more name for a file that has been added.

        Raises:
            WyrcanError: what writing raises.
        """
        if file.inode in self._starts:
            # This may settle the draft that the file is in.
            self._make_room(cpio.HEADER_SIZE + len(path))
        if file.inode not in self._starts:
            self._late.setdefault(file.inode, (file, []))[1].append(path)
            return
        self._records.setdefault(file.inode, [self._starts[file.inode]]).append(self._draft.position)
        self._write(cpio.record(path, file.inode, file.metadata))

    def finish(self, compression: Compression) -> None:
        """Add what is known at the end only, end the last archive, and see to it that the whole is in `compression`.

        Raises:
            WyrcanError: what writing raises.
        """
        for path, metadata in self._directories.items():
            self._add(path or b".", metadata)
        if self._late:
            # In an archive of their own, where the kernel has forgotten the inode numbers of all others.
            self._end_archive()
            for file, names in self._late.values():
                self._link_by_detour(file, names)
        self._write(cpio.removal(_DETOUR))
        self._end_archive()
        self._archives.convert(compression)

    def _add(self, path: bytes, metadata: Metadata, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        size = len(target)
        self._make_room(size)
        record = cpio.record(path, 0, metadata, size=size, device=device)
        self._write(record, target, cpio.padding(size))

    def _add_directory(self, path: bytes, metadata: Metadata) -> None:
        """Make a directory, or see to it that it gets other metadata in the end."""
        if path and path not in self._directories:
            self._add(detour(path), metadata)
        self._directories[path] = metadata

    def _begin(self) -> None:
        if self._compression is Compression.NONE:
            self._draft: Draft = DirectDraft(self._archives)
        else:
            self._draft = BufferedDraft(self._archives, self._compression, DRAFT)
        self._reckon_room()

    def _reckon_room(self) -> None:
        """Reckon how far the draft may go: to its usual end, or that of the root where this comes before."""
        self._room = min(self._draft.usual, self._largest_root - self._settled)

    def _make_room(self, size: int) -> None:
        if self._draft.position + size <= self._room:
            return
        if self.unpacked + size > self._largest_root:
            raise WyrcanError(
                "root-too-large",
                _("The image is too large: unpacked, it has more than the {size} that there is room for.").format(
                    size=size_text(self._largest_root)
                ),
                hint=_("Use a smaller image, or a machine with more memory. 64 GiB is the most anywhere."),
            )
        if self.unpacked + size - self._ended > FRAME:
            self._end_archive()
        else:
            self._settle()

    def _write(self, *pieces: bytes | memoryview) -> None:
        self._draft.write(pieces, sum(map(len, pieces)))

    def _end_archive(self) -> None:
        if self.unpacked > self._ended:
            self._write(cpio.TRAILER)
            self._settle()
            self._archives.end()
            self._ended = self._settled

    def _settle(self) -> None:
        self._count_links(self._records)
        self._records, self._starts = {}, {}
        self._settled += self._draft.position
        self._draft.settle()
        self._reckon_room()

    def _forget_older(self) -> None:
        older = [*islice(self._starts, len(self._starts) - _MOST_FILES // 2)]
        self._count_links(inode for inode in older if inode in self._records)
        for inode in older:
            del self._starts[inode]
            self._records.pop(inode, None)

    def _count_links(self, inodes: Iterable[int]) -> None:
        """Tell linked files of this draft how many names they have; what comes now is too late for them."""
        for inode in inodes:
            records = self._records[inode]
            self._counted[inode] = len(records)
            for start in records:
                self._draft.patch(start + cpio.NLINK_OFFSET, cpio.nlink_field(len(records)))

    def _pass(self, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Pass a large body on as it comes, so that it never stands in memory whole."""
        if self._compression is Compression.NONE:
            for piece in body:
                self._write(piece)
            return
        self._settle()
        for piece in body:
            self._archives.add([piece], self._compression)
        self._settled += size
        self._reckon_room()

    def _link_by_detour(self, file: File, names: list[bytes]) -> None:
        """Add names that came too late for their file's draft."""
        directory, _slash, name = file.path.rpartition(b"/")
        made = _DETOUR + b"/" + name
        target = directory or b"."
        link = cpio.record(_DETOUR, 0, _LINK, size=len(target))
        nlink = self._counted.get(file.inode, 1) + len(names)
        records = [
            cpio.record(_DETOUR, 0, Metadata(stat.S_IFDIR | 0o700)),
            cpio.record(made, file.inode, file.metadata, nlink=nlink),
            cpio.removal(made),
            link + target + cpio.padding(len(target)),
            *(cpio.record(late, file.inode, file.metadata, nlink=nlink) for late in names),
        ]
        # The kernel forgets inode numbers at the end of an archive, so they must be in the same one.
        self._make_room(sum(map(len, records)))
        self._write(*records)
