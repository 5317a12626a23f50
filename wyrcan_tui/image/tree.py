"""The finished tree by its paths: enough of it to follow links inside the image's own root."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

_MOST_LINKS: Final = 40
"""Symbolic links that one path may lead through (MAXSYMLINKS in the kernel's namei.h)."""


class Kind(Enum):
    """What stands at a path; a symbolic link is kept as its target instead."""

    DIRECTORY = auto()
    FILE = auto()
    OTHER = auto()


class Tree:
    """Paths relative to the root, and what stands there."""

    def __init__(self) -> None:
        self._nodes: dict[bytes, Kind | bytes] = {b"": Kind.DIRECTORY}

    def put(self, path: bytes, what: Kind | bytes) -> bool:
        """Take note of a path: its kind, or a symbolic link's target. Tell whether something was there before."""
        nodes = self._nodes
        known = path in nodes
        nodes[path] = what
        return known

    def __iter__(self) -> Iterator[bytes]:
        """Yield all paths, in the order in which they were put first."""
        return iter(self._nodes)

    def __len__(self) -> int:
        """Return how many paths there are, that of the root among them."""
        return len(self._nodes)

    def __contains__(self, path: bytes) -> bool:
        return path in self._nodes

    def is_file(self, path: bytes) -> bool:
        """Tell whether a regular file is at the path itself, no link followed."""
        return self._nodes.get(path) is Kind.FILE

    def is_directory(self, path: bytes) -> bool:
        """Tell whether a directory is at the path itself, no link followed."""
        return self._nodes.get(path) is Kind.DIRECTORY

    def children(self, directory: bytes) -> list[bytes]:
        """Return the names in a directory, in no order; empty where it is none."""
        # All names have to be looked at, so only for what there is.
        if directory and not self.is_directory(directory):
            return []
        prefix = directory + b"/" if directory else b""
        start = len(prefix)
        return [p[start:] for p in self._nodes if p.startswith(prefix) and p[start:] and b"/" not in p[start:]]

    def resolve(self, path: bytes) -> bytes | None:
        """Follow all symbolic links in `path`, as if the image's root were ``/``: no link leads out of it.

        Returns:
            The path without any link in it, or None where something is missing or links go in circles.
        """
        waiting = path.split(b"/")[::-1]
        here = b""
        links = 0
        while waiting:
            name = waiting.pop()
            if name in (b"", b"."):
                continue
            if name == b"..":
                here = here.rpartition(b"/")[0]
                continue
            step = here + b"/" + name if here else name
            node = self._nodes.get(step)
            if node is None:
                return None
            if isinstance(node, bytes):
                links += 1
                if links > _MOST_LINKS:
                    return None
                if node.startswith(b"/"):
                    here = b""
                waiting += node.split(b"/")[::-1]
            elif node is Kind.DIRECTORY or not waiting:
                here = step
            else:
                return None
        return here
