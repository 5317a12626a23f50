"""The table of all paths: what layers have put there, and enough to follow links inside the image's own root."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from wyrcan_tui.image.metadata import MetadataRow
from wyrcan_tui.image.names import Names
from wyrcan_tui.kernel.cpio import Metadata

_MOST_LINKS: Final = 40
"""Symbolic links that one path may lead through (MAXSYMLINKS in the kernel's namei.h)."""

# No Final, as tests set it: compiled code has what is final built in.
RECENT: int = 1 << 15
"""Paths that are found the fast way, in some 0.2 KB each; those that are older take less memory, and more time."""


class Kind(Enum):
    """What stands at a path; a symbolic link is kept as its target instead."""

    DIRECTORY = auto()
    FILLED = auto()
    """A directory that the layer that is read has put there, and something in it."""
    FILE = auto()
    OTHER = auto()


DIRECTORY: Final = Kind.DIRECTORY
FILLED: Final = Kind.FILLED
FILE: Final = Kind.FILE
"""Looked up once: Python 3.11 takes a tenth of a microsecond for it, and each entry needs it a few times."""


class Tree:
    """Paths relative to the root, and what stands there.

    Each path has a number: how many came before it. While a layer is read, the metadata of files that it has put there
    is kept, for the hard links that may follow.

    Attributes:
        first: the number of the first path that the layer that is read has put there, or will.
    """

    def __init__(self) -> None:
        self._recent: dict[bytes, int] = {b"": 0}
        self._older: Names | None = None
        self._most_recent = RECENT
        self._nodes: list[Kind | bytes] = [DIRECTORY]
        self.first = len(self._nodes)
        self._metadata = MetadataRow()
        # By path, the older ones that are directories, or were.
        self._folders: dict[bytes, int] = {b"": 0}

    def add(self, path: bytes, what: Kind | bytes) -> None:
        """Take note of what stands at a path where there was nothing: its kind, or a symbolic link's target.

        The directory that it is in must be there, or be added before anything else but the directories on the way.
        """
        if len(self._recent) > self._most_recent:
            self._put_away()
        self._recent[path] = len(self._nodes)
        self._nodes.append(what)

    def replace(self, path: bytes, what: Kind | bytes) -> None:
        """Take note that something else stands at a path (see `add`)."""
        number = self.number(path)
        self._nodes[number] = what
        if number >= self.first:
            self._metadata.forget(number - self.first)
        if what is DIRECTORY and path not in self._recent:
            self._folders[path] = number

    def find(self, path: bytes) -> int | None:
        """Return the number of a path, which stays when something else is put there; None where there is nothing."""
        number = self._recent.get(path)
        if number is not None or self._older is None:
            return number
        directory, _slash, name = path.rpartition(b"/")
        within = self._folders.get(directory)
        return None if within is None else self._older.find(within, name)

    def number(self, path: bytes) -> int:
        """Return the number of a path where there is something."""
        number = self.find(path)
        assert number is not None, "there is something"
        return number

    def fill(self, directory: bytes) -> bool:
        """Take note that the present layer has something in a directory, if it is its own, until `settle`.

        Returns:
            Whether a directory is there at all.
        """
        number = self.find(directory)
        if number is None:
            return False
        node = self._nodes[number]
        if node is DIRECTORY:
            if number >= self.first:
                self._nodes[number] = FILLED
            return True
        return node is FILLED

    def is_filled(self, directory: bytes) -> bool:
        """Tell whether what is there is a directory of the layer that is read, which was given to `fill`."""
        return self._node(directory) is FILLED

    def keep(self, number: int, metadata: Metadata) -> None:
        """Keep the metadata of what the layer that is read has put at the path of this number, until `settle`."""
        self._metadata.put(number - self.first, metadata)

    def kept(self, path: bytes) -> Metadata | None:
        """Return what `keep` was given for what stands at a path, or None."""
        number = self.find(path)
        return None if number is None or number < self.first else self._metadata.get(number - self.first)

    def settle(self) -> None:
        """Let go of what is kept for a layer only: it is read."""
        nodes = self._nodes
        for number in range(self.first, len(nodes)):
            if nodes[number] is FILLED:
                nodes[number] = DIRECTORY
        self.first = len(nodes)
        self._metadata = MetadataRow()

    def __len__(self) -> int:
        """Return how many paths there are, that of the root among them."""
        return len(self._nodes)

    def __contains__(self, path: bytes) -> bool:
        return self.find(path) is not None

    def is_file(self, path: bytes) -> bool:
        """Tell whether a regular file is at the path itself, no link followed."""
        return self._node(path) is FILE

    def is_directory(self, path: bytes) -> bool:
        """Tell whether a directory is at the path itself, no link followed."""
        node = self._node(path)
        return node is DIRECTORY or node is FILLED

    def target(self, path: bytes) -> bytes:
        """Return where the symbolic link at a path leads, as it is written."""
        node = self._node(path)
        assert isinstance(node, bytes), "there is a symbolic link"
        return node

    def children(self, directory: bytes) -> list[bytes]:
        """Return the names in a directory, in no order; empty where it is none."""
        # All names have to be looked at, so only for what there is.
        if not self.is_directory(directory):
            return []
        prefix = directory + b"/" if directory else b""
        names = (path[len(prefix) :] for path in self._recent if path.startswith(prefix))
        older = self._older.inside(self.number(directory)) if self._older is not None else ()
        return [*(name for name in names if name and b"/" not in name), *older]

    def resolve(self, path: bytes) -> bytes | None:
        """Follow all symbolic links in `path`, as if the image's root were ``/``: no link leads out of it.

        Asked when all layers are read.

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

    def _node(self, path: bytes) -> Kind | bytes | None:
        number = self.find(path)
        return None if number is None else self._nodes[number]

    def _put_away(self) -> None:
        """Let the recent paths be older ones, but for those whose directory is not known yet."""
        if self._older is None:
            self._older = Names()
        recent, self._recent = self._recent, {b"": 0}
        folders = self._folders
        for path, number in recent.items():
            node = self._nodes[number]
            if node is DIRECTORY or node is FILLED:
                folders[path] = number
        for path, number in recent.items():
            directory, _slash, name = path.rpartition(b"/")
            within = folders.get(directory)
            if within is None:
                self._recent[path] = number
            elif name:
                self._older.add(within, name, number)
