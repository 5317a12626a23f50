"""How fast the entries of a layer are read, and made part of an initrd, on one core."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.rounds import Contender, engine, race
from bench.site import Site
from bench.table import table


def measure(site: Site) -> str:
    """Return the table of entries per second."""
    tars = [_fetch(url, site.scratch) for url in site.layers("gzip")]
    count = sum(map(_count, tars))
    yardstick = Contender("tarfile", engine("tarfile", *tars))
    contenders = [
        Contender("our tar reader", engine("read", *tars)),
        Contender("our tar reader, merge and cpio records", engine("merge", *tars)),
        yardstick,
    ]
    race(contenders, site.rounds, site.scratch)
    for it in contenders:
        # Without the start of Python.
        it.seconds = [float(output) for output in it.outputs]
    return table(
        f"The image's {count} entries, read from tar on one core",
        ("what", "seconds", "entries per second", "to tarfile"),
        [(it.name, f"{it.median:.2f}", f"{count / it.median:.0f}", f"{it.ratio(yardstick):.2f}") for it in contenders],
    )


def _fetch(url: str, folder: Path) -> Path:
    tar = folder / f"{url.rpartition(':')[2]}.tar"
    with tar.open("wb") as file:
        subprocess.run(["sh", "-c", 'curl --silent --fail "$0" | igzip -dc', url], stdout=file, check=True)
    return tar


def _count(tar: Path) -> int:
    return len(subprocess.run(["tar", "--list", "--file", tar], stdout=subprocess.PIPE, check=True).stdout.splitlines())
