"""The engine's ways through layers, and Python's own reader of tar archives beside them, each on one core.

Each call has a process of its own: ``bench/readers.py read|merge|write|tarfile TAR...``.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from wyrcan_tui.host.process import prepare_process
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.image.rootfs import Rootfs
from wyrcan_tui.image.tar import TarReader
from wyrcan_tui.kernel.config import Compression

_PIECE: Final = 1 << 19
"""Bytes of an archive that are read at a time: with more tarfile takes longer, and the engine's reader does not."""

Layers = Sequence[Sequence[bytes]]
"""Layers as tar archives in pieces, the lowest first."""


def read(layers: Layers) -> None:
    """Read the archives, bodies included."""
    for pieces in layers:
        reader = TarReader(pieces)
        for _ in reader:
            for _ in reader.body():
                pass


def merge(layers: Layers) -> None:
    """Merge the layers into the records of an initrd that goes nowhere."""
    with Path(os.devnull).open("wb") as nowhere:
        _merge(layers, InitrdWriter(nowhere.fileno(), Compression.NONE))


def write(layers: Layers) -> None:
    """Merge the layers into an initrd that is not compressed."""
    writer = InitrdWriter(os.memfd_create("initrd"), Compression.NONE)
    _merge(layers, writer)
    writer.finish(Compression.NONE)


def read_with_tarfile(layers: Layers) -> None:
    """Read the archives, bodies included, with the standard library."""
    import tarfile  # noqa: PLC0415 - the engine would have to load it too

    for pieces in layers:
        with tarfile.open(fileobj=_Pieces(pieces), mode="r|", bufsize=_PIECE) as archive:
            for member in archive:
                if body := archive.extractfile(member) if member.isreg() else None:
                    while body.read(_PIECE):
                        pass


class _Pieces(io.RawIOBase):
    """Pieces of `_PIECE` bytes, the last of which may have less, as a file that is read in just these."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next one."""
        return next(self._pieces, b"")


READERS: Final[dict[str, Callable[[Layers], None]]] = {
    "read": read,
    "merge": merge,
    "write": write,
    "tarfile": read_with_tarfile,
}


def main(what: str, *arguments: str) -> None:
    """Print the seconds that a way through these archives takes, without the start of Python."""
    prepare_process()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    # In memory, as what inflates them hands them over.
    layers = [list(_pieces(Path(argument))) for argument in arguments]
    start = time.perf_counter()
    READERS[what](layers)
    print(time.perf_counter() - start)


def _merge(layers: Layers, writer: InitrdWriter) -> None:
    rootfs = Rootfs(writer)
    rootfs.read((number, iter(layers[number])) for number in reversed(range(len(layers))))
    rootfs.read_missed((number, iter(layers[number])) for number in sorted(rootfs.missed, reverse=True))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


if __name__ == "__main__":
    main(*sys.argv[1:])
