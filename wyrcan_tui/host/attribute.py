"""A file of sysfs or procfs that holds one thing (Documentation/filesystems/sysfs.rst, "Attributes")."""

from __future__ import annotations

from pathlib import Path


def attribute(path: Path) -> str:
    """Return what is in it, without space around; empty where it has nothing to say just now, or is not there."""
    try:
        return path.read_text().strip()
    except OSError:
        # An interface that is down has no carrier to read, and one that is just going has nothing at all.
        return ""
