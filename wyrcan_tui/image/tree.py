"""The table of all paths: what layers have put there, and enough to follow links inside the image's own root."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from itertools import islice
from typing import Final

from wyrcan_tui.kernel.cpio import Metadata

_MOST_LINKS: Final = 40
"""Symbolic links that one path may lead through (MAXSYMLINKS in the kernel's namei.h)."""


class Kind(Enum):
    """What stands at a path; a symbolic link is kept as its target instead."""

    DIRECTORY = auto()
    FILE = auto()
    OTHER = auto()


DIRECTORY: Final = Kind.DIRECTORY
FILE: Final = Kind.FILE
"""Looked up once: Python 3.11 takes a tenth of a microsecond for it, and each entry needs it a few times."""


class Tree:
    """Paths relative to the root, and what stands there.

    Each path has a number: how many came before it. While a layer is read, a regular file is kept as its metadata, for
    the hard links that may follow; there is one table of all paths, as they take most of what an image of many files
    needs in memory.

    Attributes:
        first: the number of the first path that the layer that is read has put there, or will.
    """

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {b"": 0}
        self._nodes: list[Kind | bytes | Metadata] = [DIRECTORY]
        self.first = len(self._nodes)

    def add(self, path: bytes, what: Kind | bytes) -> None:
        """Take note of what stands at a path where there was nothing: its kind, or a symbolic link's target."""
        self._numbers[path] = len(self._nodes)
        self._nodes.append(what)

    def replace(self, path: bytes, what: Kind | bytes) -> None:
        """Take note that something else stands at a path (see `add`)."""
        self._nodes[self._numbers[path]] = what

    def find(self, path: bytes) -> int | None:
        """Return the number of a path, which stays when something else is put there; None where there is nothing."""
        return self._numbers.get(path)

    def number(self, path: bytes) -> int:
        """Return the number of a path where there is something."""
        return self._numbers[path]

    def keep(self, number: int, metadata: Metadata) -> None:
        """Keep the metadata of the regular file of this number, until `settle`."""
        self._nodes[number] = metadata

    def kept(self, path: bytes) -> Metadata | None:
        """Return what `keep` was given for the file at a path, unless something else stands there."""
        node = self._node(path)
        return node if isinstance(node, Metadata) else None

    def settle(self) -> None:
        """Let go of all metadata: the layer is read."""
        nodes = self._nodes
        for number in range(self.first, len(nodes)):
            if isinstance(nodes[number], Metadata):
                nodes[number] = FILE
        self.first = len(nodes)

    def latest(self) -> Iterator[bytes]:
        """Yield the paths that the layer that is read has put there, the last one first."""
        return islice(reversed(self._numbers), len(self._nodes) - self.first)

    def __len__(self) -> int:
        """Return how many paths there are, that of the root among them."""
        return len(self._nodes)

    def __contains__(self, path: bytes) -> bool:
        return path in self._numbers

    def is_file(self, path: bytes) -> bool:
        """Tell whether a regular file is at the path itself, no link followed; asked when all layers are read."""
        return self._node(path) is FILE

    def is_directory(self, path: bytes) -> bool:
        """Tell whether a directory is at the path itself, no link followed."""
        return self._node(path) is DIRECTORY

    def children(self, directory: bytes) -> list[bytes]:
        """Return the names in a directory, in no order; empty where it is none."""
        # All names have to be looked at, so only for what there is.
        if directory and not self.is_directory(directory):
            return []
        prefix = directory + b"/" if directory else b""
        start = len(prefix)
        return [p[start:] for p in self._numbers if p.startswith(prefix) and p[start:] and b"/" not in p[start:]]

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
            node = self._node(step)
            if node is None:
                return None
            if isinstance(node, bytes):
                links += 1
                if links > _MOST_LINKS:
                    return None
                if node.startswith(b"/"):
                    here = b""
                waiting += node.split(b"/")[::-1]
            elif node is DIRECTORY or not waiting:
                here = step
            else:
                return None
        return here

    def _node(self, path: bytes) -> Kind | bytes | Metadata | None:
        number = self._numbers.get(path)
        return None if number is None else self._nodes[number]
