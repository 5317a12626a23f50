"""The engine's entry points as the benchmark calls them, and Python's own reader of tar archives beside them.

Each call has a process of its own: ``python -m bench.engine prepare REFERENCE``, ``... thrifty REFERENCE``,
``... fleet MACHINES REFERENCE [CACHE]`` or ``... read|merge|write|tarfile TAR...``.
"""

from __future__ import annotations

import os
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from wyrcan_tui.flows.boot import Order, prepared
from wyrcan_tui.host.heap import share_heap
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.initrd import InitrdWriter
from wyrcan_tui.image.rootfs import Rootfs
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.image.tar import TarReader
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.mirrors import Mirror, Rule
from wyrcan_tui.registry.site import Site


def prepare(text: str, cache: str = "") -> int:
    """Make kernel and initrd of the image that ``HOST:PORT/REPOSITORY:TAG`` names; returns the initrd's bytes.

    It comes from `cache` (``HOST:PORT``), where one is given, as from a mirror of ``registries.conf``.
    """
    host = text.partition("/")[0]
    rules = (Rule(host, host, mirrors=(Mirror(cache),)),) if cache else ()
    addresses = tuple(RegistryAddress(name, plain=True) for name in (host, cache) if name)
    order = Order(parse_reference(text), site=Site(addresses, rules=rules))
    with prepared(order, Platform("linux", "amd64"), Meter()) as ready:
        return os.fstat(ready.initrd).st_size


def fleet(machines: int, text: str, cache: str = "") -> None:
    """Be so many machines (see `prepare`): say that they are there, and switch them on when standard input ends."""
    print("ready", flush=True)
    sys.stdin.read()
    with ThreadPoolExecutor(machines) as pool:
        for booted in [pool.submit(prepare, text, cache) for _ in range(machines)]:
            booted.result()


def read(tars: Sequence[Path]) -> None:
    """Read the archives, bodies included."""
    for path in tars:
        reader = TarReader(_pieces(path))
        for _ in reader:
            for _ in reader.body():
                pass


def merge(tars: Sequence[Path]) -> None:
    """Merge the layers, the lowest first, into the records of an initrd that goes nowhere."""
    with Path(os.devnull).open("wb") as nowhere, Crew() as crew:
        _merge(tars, InitrdWriter(nowhere.fileno(), crew, Compression.NONE))


def write(tars: Sequence[Path]) -> None:
    """Merge the layers, the lowest first, into an initrd that is not compressed."""
    with Crew() as crew, InitrdWriter(os.memfd_create("initrd"), crew, Compression.NONE) as writer:
        _merge(tars, writer)
        writer.finish(Compression.NONE)


def read_with_tarfile(tars: Sequence[Path]) -> None:
    """Read the archives, bodies included, with the standard library."""
    for path in tars:
        with tarfile.open(path, "r|", bufsize=CHUNK) as archive:
            for member in archive:
                if body := archive.extractfile(member) if member.isreg() else None:
                    while body.read(CHUNK):
                        pass


READERS: Final[dict[str, Callable[[Sequence[Path]], None]]] = {
    "read": read,
    "merge": merge,
    "write": write,
    "tarfile": read_with_tarfile,
}


def main(what: str, *arguments: str) -> None:
    """Print the initrd's bytes, or for a reader the seconds that it takes on one core; a fleet tells when to begin."""
    # As the command does it, on a machine with little memory where it should be thrifty.
    share_heap(thrifty=what == "thrifty")
    if what in ("prepare", "thrifty"):
        print(prepare(*arguments))
        return
    if what == "fleet":
        machines, *where = arguments
        fleet(int(machines), *where)
        return
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.perf_counter()
    READERS[what]([Path(argument) for argument in arguments])
    print(time.perf_counter() - start)


def _merge(tars: Sequence[Path], writer: InitrdWriter) -> None:
    rootfs = Rootfs(writer)
    rootfs.read((number, _pieces(tars[number])) for number in reversed(range(len(tars))))
    rootfs.read_missed((number, _pieces(tars[number])) for number in sorted(rootfs.missed, reverse=True))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


if __name__ == "__main__":
    main(*sys.argv[1:])
