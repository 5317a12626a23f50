"""What is mounted (proc_pid_mounts(5)), and where something can be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_RAM_FILESYSTEMS: Final = frozenset({"rootfs", "tmpfs", "ramfs"})


def root_in_ram(root: Path) -> bool:
    """Tell whether the system whose files are below `root` runs from RAM, as ours does: it has nothing to keep."""
    mounts = [line.split() for line in (root / "proc/mounts").read_text().splitlines()]
    # The last one mounted on a place is the one that is seen there.
    roots = [mount[2] for mount in mounts if mount[1] == "/"]
    return bool(roots) and roots[-1] in _RAM_FILESYSTEMS


@contextmanager
def mount_point() -> Iterator[str]:
    """Make a folder to mount something on, for a ``with`` block.

    Only an empty folder goes away again. `tempfile.TemporaryDirectory` would also empty it first, at the end of the
    program at the latest: if the medium is still mounted by then, the medium.
    """
    folder = tempfile.mkdtemp(prefix="wyrcan-")
    try:
        yield folder
    finally:
        with suppress(OSError):
            Path(folder).rmdir()
