"""A stack of layers, put through the engine's own parts without a kernel, a manifest or a registry in between."""

import os
from collections.abc import Iterator, Sequence

from tests.support.image import Layer, Member
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.image.rootfs import Rootfs, Sink
from wyrcan_tui.kernel.config import Compression

Stack = Sequence[Sequence[Member]]
"""The members of each layer, the lowest layer first."""


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


def pack(stack: Stack, compression: Compression = Compression.ZSTD) -> bytes:
    """The initrd of the merged layers."""
    return pack_tars([Layer(members).tar for members in stack], compression)


def pack_tars(tars: Sequence[bytes], compression: Compression = Compression.ZSTD) -> bytes:
    """The initrd of layers that are tar archives, the lowest first."""
    fd = os.memfd_create("initrd")
    try:
        with InitrdWriter(fd) as writer:
            merge_tars(tars, writer)
            writer.finish(compression)
        return os.pread(fd, os.fstat(fd).st_size, 0)
    finally:
        os.close(fd)
