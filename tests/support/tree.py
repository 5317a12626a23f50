"""File trees as values, so that two of them can be compared whatever they were made by."""

import os
import stat
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Node:
    """What stands at a path.

    `content` is a file's bytes or a symbolic link's target, `device` is (major, minor), `names` are all the names of
    a regular file.
    """

    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    content: bytes = b""
    device: tuple[int, int] = (0, 0)
    names: frozenset[bytes] = frozenset()


Tree = Mapping[bytes, Node]
"""Paths without a leading slash, the root as the empty one, and what stands there."""


def names_by_file(files: Mapping[bytes, object]) -> dict[bytes, frozenset[bytes]]:
    """For each path all the paths that have the same (equal) value in `files`."""
    groups: defaultdict[object, set[bytes]] = defaultdict(set)
    for path, file in files.items():
        groups[file].add(path)
    return {path: frozenset(groups[file]) for path, file in files.items()}


def read_directory(root: Path) -> dict[bytes, Node]:
    """The tree below the directory `root`, as the file system has it."""
    found = {b"": root} | {os.fsencode(path.relative_to(root)): path for path in root.rglob("*")}
    files = {path: where.lstat().st_ino for path, where in found.items() if stat.S_ISREG(where.lstat().st_mode)}
    names = names_by_file(files)
    return {path: _node(where, names.get(path, frozenset())) for path, where in found.items()}


def _node(where: Path, names: frozenset[bytes]) -> Node:
    status = where.lstat()
    mode = status.st_mode
    content = b""
    if stat.S_ISLNK(mode):
        content = os.fsencode(where.readlink())
    elif stat.S_ISREG(mode):
        content = where.read_bytes()
    is_device = stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
    return Node(
        mode,
        status.st_uid,
        status.st_gid,
        int(status.st_mtime),
        content,
        (os.major(status.st_rdev), os.minor(status.st_rdev)) if is_device else (0, 0),
        names,
    )
