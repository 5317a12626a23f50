"""A rootfs written into a directory, entry by entry."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.initrd import File
from wyrcan_tui.image.sparse import SparseBody
from wyrcan_tui.kernel.cpio import LATEST, Metadata
from wyrcan_tui.texts import _


class DirectoryWriter:
    """Writes a rootfs below `root`, an empty directory (a `Sink`).

    Owners are set, and device nodes made, only by root; the rest works for anyone. No entry is ever written through
    a symbolic link: every parent is a directory that was made here. Call `finish` at the end.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.fsencode(root)
        self._is_root = os.geteuid() == 0
        self._directories: dict[bytes, Metadata] = {}

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Make anything but a regular file.

        Raises:
            WyrcanError: ``unpack-failed``.
        """
        where = self._where(path)
        try:
            if stat.S_ISDIR(metadata.mode):
                if path not in self._directories and path:
                    self._remove(where)
                    os.mkdir(where)
                self._directories[path] = metadata
                return
            self._remove(where)
            self._directories.pop(path, None)
            if stat.S_ISLNK(metadata.mode):
                os.symlink(target, where)
            else:
                os.mknod(where, metadata.mode, os.makedev(*device))
            self._dress(where, metadata)
        except OSError as error:
            raise _failed(where, error) from error

    def add_file(self, file: File, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Write a regular file; the holes of a `SparseBody` stay holes, which take neither space nor time.

        Raises:
            WyrcanError: ``unpack-failed``, and what `body` raises.
        """
        where = self._where(file.path)
        try:
            self._remove(where)
            with Path(os.fsdecode(where)).open("xb") as written:
                if isinstance(body, SparseBody):
                    _write_sparse(written, body)
                else:
                    for piece in body:
                        written.write(piece)
            self._dress(where, file.metadata)
        except OSError as error:
            raise _failed(where, error) from error

    def link(self, file: File, path: bytes) -> None:
        """Give a file one more name.

        Raises:
            WyrcanError: ``unpack-failed``.
        """
        where = self._where(path)
        try:
            self._remove(where)
            os.link(self._where(file.path), where)
        except OSError as error:
            raise _failed(where, error) from error

    def finish(self) -> None:
        """Set what directories can only be given once everything is in them.

        Raises:
            WyrcanError: ``unpack-failed``.
        """
        for path, metadata in reversed(self._directories.items()):
            where = self._where(path)
            try:
                self._dress(where, metadata)
            except OSError as error:
                raise _failed(where, error) from error

    def _where(self, path: bytes) -> bytes:
        return self._root + b"/" + path if path else self._root

    def _remove(self, where: bytes) -> None:
        if not os.path.lexists(where):
            return
        if os.path.isdir(where) and not os.path.islink(where):
            os.rmdir(where)
        else:
            os.unlink(where)

    def _dress(self, where: bytes, metadata: Metadata) -> None:
        if self._is_root:
            os.lchown(where, metadata.uid, metadata.gid)
        if not stat.S_ISLNK(metadata.mode):
            os.chmod(where, stat.S_IMODE(metadata.mode))
        # As an initrd holds it: Python takes no time outside 64 bits, a layer may have any.
        mtime = min(max(metadata.mtime, 0), LATEST)
        os.utime(where, (mtime, mtime), follow_symlinks=False)


def _write_sparse(file: BinaryIO, body: SparseBody) -> None:
    for part in body.parts:
        if isinstance(part, int):
            file.seek(part, os.SEEK_CUR)
        else:
            file.write(part)
    # A hole at the end is there only once the file is said to be that long.
    file.truncate()


def _failed(where: bytes, error: OSError) -> WyrcanError:
    return WyrcanError(
        "unpack-failed",
        _("{path} cannot be written: {why}.").format(path=os.fsdecode(where), why=error.strerror),
        hint=_("Check the space and the permissions there; device nodes and owners need root."),
    )
