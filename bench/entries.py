"""How fast the entries of layers are read, and made part of an initrd."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.process import reader
from bench.rounds import Contender, race
from bench.site import Site
from bench.table import table


def measure(site: Site) -> str:
    """Return the table of entries per second."""
    tars = [_fetch(url, site.scratch) for url in site.layers("gzip")]
    count = sum(map(_count, tars))
    contenders = [
        Contender("our tar reader", reader("read", *tars)),
        Contender("our tar reader, merge and cpio records", reader("merge", *tars)),
        Contender("the same, written into an initrd in memory", reader("write", *tars)),
        yardstick := Contender("tarfile", reader("tarfile", *tars)),
    ]
    race(contenders, site.rounds, site.scratch)
    for it in contenders:
        # What they print leaves the start of Python out.
        it.seconds = [float(output) for output in it.outputs]
    return table(
        "Entries of tar",
        f"The {count} entries of the image's uncompressed layers, in memory, bodies included, on one core.",
        ("what", "seconds", "entries per second", "to tarfile"),
        [(it.name, f"{it.median:.2f}", f"{count / it.median:.0f}", f"{it.ratio(yardstick):.2f}") for it in contenders],
    )


def _fetch(url: str, folder: Path) -> Path:
    """Return a layer as a file, uncompressed."""
    tar = folder / f"{url.rpartition(':')[2]}.tar"
    fetch = ["bash", "-o", "pipefail", "-c", 'curl --silent --fail "$0" | gzip -dc', url]
    with tar.open("wb") as file:
        subprocess.run(fetch, stdout=file, check=True)
    return tar


def _count(tar: Path) -> int:
    listed = subprocess.run(["tar", "--list", "--file", tar], stdout=subprocess.PIPE, check=True)
    return len(listed.stdout.splitlines())
