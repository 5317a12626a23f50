"""How much memory making an initrd takes, the initrd itself included, which grows in a memfd."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from bench.process import Command, engine, started
from bench.site import Site
from bench.table import table

_INTERVAL: Final = 0.02
"""Seconds between two looks."""
_NOTE: Final = (
    "In MiB: resident memory, and all pages of the memfds that kernel and initrd are written into, "
    f"looked at every {_INTERVAL * 1000:.0f} ms."
)
_IMAGES: Final = {
    "gzip": "gzip layers, zstd initrd",
    "plain": "gzip layers, uncompressed initrd",
    "zstd": "zstd layers, zstd initrd",
}

_SETTINGS: Final = {"prepare": "", "thrifty": ", with little memory"}
"""What the benchmark's engine does, and what that is called in the table."""


def measure(site: Site) -> str:
    """Return the table of peaks."""
    return table(
        "Memory",
        _NOTE,
        ("what", "finished initrd", "peak", "beside the finished initrd"),
        [_row(site, name + note, what, tag) for what, note in _SETTINGS.items() for tag, name in _IMAGES.items()],
    )


def peak(command: Command, folder: Path) -> tuple[int, str]:
    """Run a command in a folder, and return the most bytes that it had in memory at once, and what it printed.

    Counted are, of the process and its children, the resident pages that belong to no memfd (``RssAnon`` and
    ``RssFile`` of proc_pid_status(5)), and all pages of each memfd, whether they are mapped or not.

    Raises:
        subprocess.CalledProcessError: it failed; it has said why.
    """
    most = 0
    with started(command, folder) as process:
        while process.poll() is None:
            most = max(most, _present(process.pid))
            time.sleep(_INTERVAL)
        output, _ = process.communicate()
    return most, output


def taken(site: Site, name: str, what: str, reference: str) -> tuple[float, float]:
    """Return the sizes of the initrd that the engine makes of an image, and of all that it had in memory, in MiB.

    They are medians of the site's rounds; `name` is what it is called meanwhile, `what` as for `bench.process.engine`.

    Raises:
        subprocess.CalledProcessError: it failed; it has said why.
    """
    peaks: list[int] = []
    sizes: list[int] = []
    for number in range(site.rounds):
        print(f"  round {number + 1} of {site.rounds}: memory, {name}", file=sys.stderr)
        bytes_at_once, output = peak(engine(what, reference), site.scratch)
        peaks.append(bytes_at_once)
        sizes.append(int(output))
    return median(sizes) / (1 << 20), median(peaks) / (1 << 20)


def _row(site: Site, name: str, what: str, tag: str) -> tuple[str, str, str, str]:
    initrd, most = taken(site, name, what, site.reference(tag))
    return name, f"{initrd:.0f}", f"{most:.0f}", f"{most - initrd:.0f}"


def _present(pid: int) -> int:
    resident = 0
    memfds: dict[int, int] = {}
    for process in _family(pid):
        try:
            resident += _resident(process)
            memfds |= _memfds(process)
        except (FileNotFoundError, ProcessLookupError):
            # It has ended meanwhile.
            continue
    return resident + sum(memfds.values())


def _family(pid: int) -> Iterator[Path]:
    """Yield the folders below /proc of a process and all that descend from it."""
    process = Path("/proc", str(pid))
    yield process
    for task in process.glob("task/*/children"):
        try:
            children = task.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from _family(int(child))


def _resident(process: Path) -> int:
    fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    # A process that has ended, and was not waited for yet, has neither.
    return sum(int(fields.get(name, "0 kB").split()[0]) << 10 for name in ("RssAnon", "RssFile"))


def _memfds(process: Path) -> dict[int, int]:
    """Return the bytes of memory that each open memfd takes, by its inode."""
    found = {}
    for link in (process / "fd").iterdir():
        try:
            if str(link.readlink()).startswith("/memfd:"):
                status = link.stat()
                found[status.st_ino] = status.st_blocks * 512
        except FileNotFoundError:
            # It was closed meanwhile.
            continue
    return found
