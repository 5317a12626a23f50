"""How much memory making an initrd takes, the initrd itself included, which grows in a memfd."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from bench.rounds import engine, environment
from bench.site import Site
from bench.table import table

_INTERVAL: Final = 0.02
"""Seconds between two looks."""
_IMAGES: Final = {
    "gzip": "gzip layers, zstd initrd",
    "plain": "gzip layers, uncompressed initrd",
    "zstd": "zstd layers, zstd initrd",
}


def measure(site: Site) -> str:
    """Return the table of peaks."""
    return table(
        "Memory in MiB",
        ("what", "finished initrd", "peak", "beside the finished initrd"),
        [_row(site, name, tag) for tag, name in _IMAGES.items()],
    )


def _row(site: Site, name: str, tag: str) -> tuple[str, ...]:
    seen = [_peak(engine("prepare", site.reference(tag))) for _ in range(site.rounds)]
    most, initrd = (median(numbers) / (1 << 20) for numbers in zip(*seen, strict=True))
    return name, f"{initrd:.0f}", f"{most:.0f}", f"{most - initrd:.0f}"


def _peak(command: Sequence[str | Path]) -> tuple[int, int]:
    """Run a command that prints a number; returns the most bytes that it had in memory at once, and that number.

    Counted are, of the process and its children, the resident pages that belong to no memfd (``RssAnon`` and
    ``RssFile`` of proc_pid_status(5)), and all pages of each memfd, whether it is mapped or not.

    Raises:
        RuntimeError: the command failed.
    """
    most = 0
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            most = max(most, _present(process.pid))
            time.sleep(_INTERVAL)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{command} failed")
    return most, int(output)


def _present(pid: int) -> int:
    own = 0
    memfds: dict[int, int] = {}
    for member in _family(pid):
        try:
            own += _resident(member)
            memfds |= _memfds(member)
        except (FileNotFoundError, ProcessLookupError):
            # It has ended meanwhile.
            continue
    return own + sum(memfds.values())


def _family(pid: int) -> Iterator[Path]:
    folder = Path("/proc", str(pid))
    yield folder
    for task in folder.glob("task/*/children"):
        try:
            children = task.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from _family(int(child))


def _resident(process: Path) -> int:
    fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    # A process that has ended and waits to be noticed has neither.
    return sum(int(fields.get(name, "0 kB").split()[0]) << 10 for name in ("RssAnon", "RssFile"))


def _memfds(process: Path) -> dict[int, int]:
    """The bytes of memory that each open memfd takes, by its inode."""
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
