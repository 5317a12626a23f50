"""The OCI rules of stacking layers in their plainest form: layer by layer, from the bottom up, on a tree in memory.

OCI image-spec, layer.md ("Applying Changesets", "Whiteouts"): first a layer's whiteouts take away what the layers
below it have, then its entries are added in their order.
"""

import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.support.image import Device, Dir, Fifo, File, Hardlink, Member, OpaqueWhiteout, Symlink, Whiteout
from tests.support.tree import Node, names_by_file


class ContradictionError(Exception):
    """No engine can add this entry here."""


@dataclass(eq=False)
class _Inode:
    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    content: bytes = b""
    device: tuple[int, int] = (0, 0)


class Model:
    """The tree so far, which begins as an empty root. Paths are in their shortest form, ``.`` is the root."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Inode] = {".": _Inode(stat.S_IFDIR | 0o755)}
        self._own: set[str] = set()
        self.crossed: set[str] = set()
        """What stands in the tree, is no directory, and was there already when a layer had a whiteout below it."""

    def add_layer(self, members: Sequence[Member]) -> list[Member]:
        """Add a layer and return its members without entries that contradict what is there."""
        self._own = set()
        for member in members:
            match member:
                case Whiteout(path):
                    self._cross(PurePosixPath(path).parents)
                case OpaqueWhiteout(path):
                    self._cross([PurePosixPath(path), *PurePosixPath(path).parents])
        for member in members:
            match member:
                case Whiteout(path):
                    self._remove(path)
                case OpaqueWhiteout(path):
                    for inner in self._inside(path):
                        self._drop(inner)
        return [member for member in members if self._takes(member)]

    def tree(self) -> dict[bytes, Node]:
        """What the layers make together."""
        nodes = {b"" if path == "." else path.encode(): inode for path, inode in self._nodes.items()}
        names = names_by_file({path: id(inode) for path, inode in nodes.items() if stat.S_ISREG(inode.mode)})
        return {
            path: Node(
                inode.mode, inode.uid, inode.gid, inode.mtime, inode.content, inode.device, names.get(path, frozenset())
            )
            for path, inode in nodes.items()
        }

    def _takes(self, member: Member) -> bool:
        try:
            self._add(member)
        except ContradictionError:
            return False
        return True

    def _add(self, member: Member) -> None:
        match member:
            case Dir(path, mode, uid, gid, mtime):
                self._put(path, _Inode(stat.S_IFDIR | mode, uid, gid, mtime))
            case File(path, data, mode, uid, gid, mtime):
                self._put(path, _Inode(stat.S_IFREG | mode, uid, gid, mtime, data))
            case Symlink(path, target, uid, gid, mtime):
                self._put(path, _Inode(stat.S_IFLNK | 0o777, uid, gid, mtime, target.encode()))
            case Hardlink(path, target):
                there = self._nodes.get(target)
                if there is None or stat.S_ISDIR(there.mode) or path == target:
                    raise ContradictionError(path)
                self._put(path, there)
            case Fifo(path, mode):
                self._put(path, _Inode(stat.S_IFIFO | mode))
            case Device(path, major, minor, kind, mode):
                kind_bits = stat.S_IFCHR if kind == "char" else stat.S_IFBLK
                self._put(path, _Inode(kind_bits | mode, device=(major, minor)))

    def _put(self, path: str, inode: _Inode) -> None:
        there = self._nodes.get(path)
        is_directory = stat.S_ISDIR(inode.mode)
        if there is not None and stat.S_ISDIR(there.mode) and not is_directory:
            if path == "." or self._own & set(self._inside(path)):
                raise ContradictionError(path)
            self._remove(path)
        self._imply(path)
        self._drop(path)
        self._nodes[path] = inode
        self._own.add(path)

    def _imply(self, path: str) -> None:
        parents = [str(parent) for parent in reversed(PurePosixPath(path).parents)]
        for parent in parents:
            there = self._nodes.get(parent)
            if there is not None and not stat.S_ISDIR(there.mode):
                raise ContradictionError(path)
        for parent in parents:
            self._nodes.setdefault(parent, _Inode(stat.S_IFDIR | 0o755))
            self._own.add(parent)

    def _remove(self, path: str) -> None:
        for inner in [path, *self._inside(path)]:
            self._drop(inner)

    def _drop(self, path: str) -> None:
        self._nodes.pop(path, None)
        self.crossed.discard(path)

    def _cross(self, directories: Iterable[PurePosixPath]) -> None:
        for path in map(str, directories):
            there = self._nodes.get(path)
            if there is not None and not stat.S_ISDIR(there.mode):
                self.crossed.add(path)

    def _inside(self, path: str) -> list[str]:
        return [other for other in self._nodes if PurePosixPath(path) in PurePosixPath(other).parents]
