"""A sink that only adds up what it is given: what an image would need, without making anything of it."""

from __future__ import annotations

from collections.abc import Iterable

from wyrcan_tui.image.initrd import File, Metadata


class Scale:
    """Counts the bytes of all files that it is given, and keeps none.

    Attributes:
        unpacked: bytes of all regular files, each counted once however many names it has.
    """

    def __init__(self) -> None:
        self.unpacked = 0

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Pass over anything but a regular file."""

    def add_file(self, path: bytes, metadata: Metadata, size: int, body: Iterable[bytes | memoryview]) -> File:
        """Count a regular file; its body is left unread."""
        self.unpacked += size
        return File(0, metadata, size, 0, 0, [path], [])

    def link(self, file: File, path: bytes) -> None:
        """Pass over one more name of a file."""
