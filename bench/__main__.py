"""What bench/run measures, once the tools and the image are there: ``python -m bench LAYOUT ROUNDS``."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import entries, fleet, growth, machine, memory, speed
from bench.site import Site
from tests.support.registry import Registry


def main(layout: Path, rounds: int) -> None:
    """Measure everything, and print it as Markdown."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Ended this way too it ends what it has started, and gives the memory of its folder back.
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with (
        TemporaryDirectory(dir="/dev/shm", prefix="wyrcan-bench-") as folder,
        Registry(Path(folder, "registry")) as registry,
    ):
        site = Site(registry, Path(folder), rounds)
        for tag in ("gzip", "zstd", "plain"):
            site.push(layout, tag)
        print(machine.describe())
        for part in (speed, memory, entries, growth, fleet):
            print(part.measure(site), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
