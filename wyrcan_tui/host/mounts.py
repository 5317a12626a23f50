"""What is mounted (proc_pid_mounts(5))."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_RAM_FILESYSTEMS: Final = frozenset({"rootfs", "tmpfs", "ramfs"})


def root_in_ram(root: Path) -> bool:
    """Tell whether the system whose files are below `root` runs from RAM, as ours does: it has nothing to keep."""
    mounts = [line.split() for line in (root / "proc/mounts").read_text().splitlines()]
    # The last one mounted on a place is the one that is seen there.
    roots = [mount[2] for mount in mounts if mount[1] == "/"]
    return bool(roots) and roots[-1] in _RAM_FILESYSTEMS
