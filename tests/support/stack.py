"""A stack of layers, put through the engine's own parts without a kernel, a manifest or a registry in between."""

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence

import pytest

from tests.support.image import Layer, Member
from wyrcan_tui.image import initrd
from wyrcan_tui.image.initrd import File, InitrdWriter
from wyrcan_tui.image.rootfs import Rootfs, Sink
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.kernel.cpio import Metadata

Stack = Sequence[Sequence[Member]]
"""The members of each layer, the lowest layer first."""


class GuessingWriter:
    """A sink that changes its mind about the compression at every record."""

    def __init__(self, writer: InitrdWriter, guesses: Sequence[Compression]) -> None:
        self._writer = writer
        self._guesses = itertools.cycle(guesses)

    def add(self, path: bytes, metadata: Metadata, *, target: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        """Pass a record on."""
        self._guess()
        self._writer.add(path, metadata, target=target, device=device)

    def add_file(self, file: File, size: int, body: Iterable[bytes | memoryview]) -> None:
        """Pass a file on."""
        self._guess()
        self._writer.add_file(file, size, body)

    def link(self, file: File, path: bytes) -> None:
        """Pass a name on."""
        self._writer.link(file, path)

    def _guess(self) -> None:
        if guess := next(self._guesses, None):
            self._writer.use(guess)


def cut_short(monkeypatch: pytest.MonkeyPatch, draft: int, frame: int | None = None) -> None:
    """Have an initrd's drafts, and its frames, end after so many bytes; frames after as many as drafts if not told."""
    monkeypatch.setattr(initrd, "DRAFT", draft)
    monkeypatch.setattr(initrd, "FRAME", draft if frame is None else frame)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The bytes in pieces of at most `size`."""
    return (data[start : start + size] for start in range(0, len(data), size))


def merge(stack: Stack, sink: Sink, piece: int = 1 << 20) -> Rootfs:
    """Merge the layers into the sink, with the second look where it is needed."""
    return merge_tars([Layer(members).tar for members in stack], sink, piece)


def merge_tars(tars: Sequence[bytes], sink: Sink, piece: int = 1 << 20) -> Rootfs:
    """Merge layers that are tar archives, the lowest first."""
    rootfs = Rootfs(sink)
    rootfs.read((number, pieces(tars[number], piece)) for number in reversed(range(len(tars))))
    rootfs.read_missed((number, pieces(tars[number], piece)) for number in sorted(rootfs.missed, reverse=True))
    return rootfs


def pack(stack: Stack, compression: Compression = Compression.ZSTD, guesses: Sequence[Compression] = ()) -> bytes:
    """The initrd of the merged layers, for which `guesses` at its compression are made first, in turns."""
    return pack_tars([Layer(members).tar for members in stack], compression, guesses)


def pack_tars(
    tars: Sequence[bytes], compression: Compression = Compression.ZSTD, guesses: Sequence[Compression] = ()
) -> bytes:
    """The initrd of layers that are tar archives, the lowest first."""
    fd = os.memfd_create("initrd")
    try:
        writer = InitrdWriter(fd)
        merge_tars(tars, GuessingWriter(writer, guesses))
        writer.finish(compression)
        return os.pread(fd, os.fstat(fd).st_size, 0)
    finally:
        os.close(fd)
