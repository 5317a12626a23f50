"""A sink that only adds up what it is given: what an image would need, without making anything of it."""

from __future__ import annotations

import stat
from collections.abc import Iterable

from wyrcan_tui.image.initrd import HEAD, File, detour
from wyrcan_tui.kernel import cpio
from wyrcan_tui.kernel.cpio import Metadata


class Scale:
    """Counts the bytes that an initrd would have, and keeps none; what an initrd refuses, it refuses too.

    Attributes:
        unpacked: bytes of all records and bodies, uncompressed, as `InitrdWriter.unpacked`; a directory whose entry
            comes behind what is in it counts twice.
    """

    def __init__(self) -> None:
        self.unpacked = len(HEAD)

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Count anything but a regular file.

        Raises:
            WyrcanError: ``path-too-long``.
        """
        # The root is there already.
        if path:
            self._count(detour(path) if stat.S_ISDIR(metadata.mode) else path, metadata, len(target))

    def add_file(self, file: File, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Count a regular file; its body is left unread.

        Raises:
            WyrcanError: ``path-too-long``, ``file-too-large``.
        """
        self._count(file.path, file.metadata, size)

    def link(self, file: File, path: bytes) -> None:
        """Count one more name of a file.

        Raises:
            WyrcanError: ``path-too-long``.
        """
        self._count(path, file.metadata, 0)

    def _count(self, path: bytes, metadata: Metadata, size: int) -> None:
        record = cpio.record(path, 0, metadata, size=size)
        self.unpacked += len(record) + size + len(cpio.padding(size))
