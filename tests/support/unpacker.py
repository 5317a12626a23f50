"""The kernel's initramfs unpacker (Linux, init/initramfs.c), but strict: what the kernel passes over is an error.

It keeps to the kernel's order of steps, because an initrd's meaning is in it: a later record replaces an earlier one,
a file that is replaced by a file is truncated in place (and so are its other names), hard links are found by inode
number until an archive ends, directories get their times at the end, the newest record's first.
"""

import stat
import sys
from contextlib import suppress
from dataclasses import dataclass, field

import lz4.block

from tests.support.tree import Node, names_by_file

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor
else:
    from backports.zstd import ZstdDecompressor

HEADER_SIZE = 110
LZ4_MAGIC = 0x184C2102.to_bytes(4, "little")
ZSTD_MAGIC = 0xFD2FB528.to_bytes(4, "little")
PATH_MAX = 4096
NAME_MAX = 255


class UnpackError(AssertionError):
    """The kernel would not, or not wholly, unpack this."""


@dataclass(eq=False)
class _Inode:
    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    content: bytes = b""
    device: tuple[int, int] = (0, 0)
    entries: dict[bytes, "_Inode"] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One record of a newc archive (Documentation/driver-api/early-userspace/buffer-format.rst)."""

    inode: int
    mode: int
    uid: int
    gid: int
    nlink: int
    mtime: int
    device: tuple[int, int]
    name: bytes
    body: bytes


def archives(initrd: bytes) -> list[bytes]:
    """The plain archives of an initrd that is zstd frame after zstd frame, lz4 as one, or not compressed at all."""
    if initrd.startswith(LZ4_MAGIC):
        return [_unlz4(initrd)]
    if not initrd.startswith(ZSTD_MAGIC):
        return [initrd] if initrd else []
    found = []
    while initrd:
        decompressor = ZstdDecompressor()
        found.append(decompressor.decompress(initrd))
        if not decompressor.eof:
            raise UnpackError("a compressed archive is cut short")
        initrd = decompressor.unused_data
    return found


def _unlz4(data: bytes) -> bytes:
    """What the kernel makes of lz4's legacy frames: it reads on to the end, over the magic number of each frame."""
    found = []
    position = 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 4], "little")
        position += 4
        if size == int.from_bytes(LZ4_MAGIC, "little"):
            continue
        if not 0 < size <= len(data) - position:
            raise UnpackError(f"a block of {size} bytes at {position}")
        found.append(lz4.block.decompress(data[position : position + size], uncompressed_size=8 << 20))
        position += size
    return b"".join(found)


def records(archive: bytes) -> list[Record]:
    """The records of plain archives that follow each other, their trailers included."""
    found = []
    position = 0
    while position < len(archive):
        header = archive[position : position + HEADER_SIZE]
        if header[:6] != b"070701" or len(header) < HEADER_SIZE:
            raise UnpackError(f"no magic number at {position}")
        fields = [int(header[start : start + 8], 16) for start in range(6, HEADER_SIZE, 8)]
        inode, mode, uid, gid, nlink, mtime, size, _, _, major, minor, name_size, _ = fields
        name_end = position + HEADER_SIZE + name_size
        name = archive[position + HEADER_SIZE : name_end]
        body_start = name_end + -name_end % 4
        body = archive[body_start : body_start + size]
        if not name.endswith(b"\0") or b"\0" in name[:-1] or len(body) < size:
            raise UnpackError(f"a malformed record at {position}")
        found.append(Record(inode, mode, uid, gid, nlink, mtime, (major, minor), name[:-1], body))
        position = body_start + size + -(body_start + size) % 4
    if not found or found[-1].name != b"TRAILER!!!":
        raise UnpackError("an archive has no trailer")
    return found


def unpack(initrd: bytes) -> dict[bytes, Node]:
    """The tree that the kernel makes of an initrd.

    Raises:
        UnpackError: the kernel would leave something out.
    """
    unpacker = _Unpacker()
    for archive in archives(initrd):
        for record in records(archive):
            unpacker.take(record)
    unpacker.end()
    return unpacker.tree()


class _Unpacker:
    def __init__(self) -> None:
        self._root = _Inode(stat.S_IFDIR | 0o755)
        self._seen: dict[tuple[int, int], bytes] = {}
        self._times: list[tuple[bytes, int]] = []

    def take(self, record: Record) -> None:
        if record.name == b"TRAILER!!!":
            self._seen.clear()
            return
        if len(record.name) >= PATH_MAX or (stat.S_ISLNK(record.mode) and len(record.body) > PATH_MAX):
            raise UnpackError(f"{record.name[:80]!r} or its target is too long")
        if stat.S_ISDIR(record.mode):
            self._make_directory(record)
        elif stat.S_ISREG(record.mode):
            self._make_file(record)
        elif stat.S_IFMT(record.mode) == 0:
            self._remove(record.name)
        else:
            self._clean(record.name, 0 if stat.S_ISLNK(record.mode) else record.mode)
            if stat.S_ISLNK(record.mode) and not record.body:
                raise UnpackError(f"{record.name!r} is a symbolic link to nothing")
            self._create(record.name, _inode(record))

    def end(self) -> None:
        """Set the times of directories (``dir_utime``); what is not there any more has none."""
        for path, mtime in reversed(self._times):
            with suppress(UnpackError):
                if directory := self._root if path == b"." else self._find(path, through_links=True):
                    directory.mtime = mtime

    def tree(self) -> dict[bytes, Node]:
        found: dict[bytes, _Inode] = {}
        waiting = [(b"", self._root)]
        while waiting:
            path, inode = waiting.pop()
            found[path] = inode
            waiting += [(path + b"/" + name if path else name, inner) for name, inner in inode.entries.items()]
        names = names_by_file({path: id(inode) for path, inode in found.items() if stat.S_ISREG(inode.mode)})
        return {
            path: Node(
                inode.mode,
                inode.uid,
                inode.gid,
                inode.mtime,
                inode.content,
                inode.device,
                names.get(path, frozenset()),
            )
            for path, inode in found.items()
        }

    def _make_directory(self, record: Record) -> None:
        self._times.append((record.name, record.mtime))
        if record.name == b".":
            directory = self._root
        else:
            self._clean(record.name, record.mode)
            there = self._find(record.name, through_links=True)
            directory = there or self._create(record.name, _Inode(record.mode))
        directory.mode, directory.uid, directory.gid = record.mode, record.uid, record.gid

    def _make_file(self, record: Record) -> None:
        self._clean(record.name, record.mode)
        linked = record.nlink >= 2 and self._seen.setdefault((record.inode, record.mode), record.name)
        if linked and linked != record.name:
            self._clean(record.name, 0)
            file = self._find(linked, through_links=True)
            if file is None:
                raise UnpackError(f"{linked!r} is not there any more to link {record.name!r} to")
            self._create(record.name, file)
        else:
            file = self._find(record.name) or self._create(record.name, _Inode(record.mode))
            file.content = b""
        file.mode, file.uid, file.gid, file.mtime = record.mode, record.uid, record.gid, record.mtime
        file.content = record.body or file.content

    def _remove(self, path: bytes) -> None:
        if self._find(path) is None:
            raise UnpackError(f"{path!r} is not there to be removed")
        self._clean(path, 0)

    def _clean(self, path: bytes, mode: int) -> None:
        """Remove what stands at a path, unless it is of the type that comes (``clean_path``)."""
        directory, name = self._directory_of(path, through_links=stat.S_ISDIR(mode))
        there = directory.entries.get(name)
        if there is None or stat.S_IFMT(there.mode) == stat.S_IFMT(mode):
            return
        if there.entries:
            raise UnpackError(f"{path!r} is a directory with something in it")
        del directory.entries[name]

    def _create(self, path: bytes, inode: _Inode) -> _Inode:
        directory, name = self._directory_of(path, through_links=stat.S_ISDIR(inode.mode))
        if name in directory.entries:
            raise UnpackError(f"{path!r} exists")
        directory.entries[name] = inode
        return inode

    def _find(self, path: bytes, *, through_links: bool = False) -> _Inode | None:
        directory, name = self._directory_of(path, through_links=through_links)
        return directory.entries.get(name)

    def _directory_of(self, path: bytes, *, through_links: bool = False) -> tuple[_Inode, bytes]:
        """The directory that a path leads to, without symbolic links on the way unless that is meant."""
        directory = self._root
        *parents, name = path.split(b"/")
        while parents:
            parent = parents.pop(0)
            if parent == b".":
                continue
            inner = directory.entries.get(parent)
            if through_links and inner is not None and stat.S_ISLNK(inner.mode):
                if inner.content.startswith(b"/"):
                    directory = self._root
                parents[:0] = inner.content.strip(b"/").split(b"/")
                continue
            if inner is None or not stat.S_ISDIR(inner.mode):
                raise UnpackError(f"{path!r} comes before its directory {parent!r}")
            directory = inner
        if not 0 < len(name) <= NAME_MAX:
            raise UnpackError(f"{path[:80]!r} has a name that is too short or too long")
        return directory, name


def _inode(record: Record) -> _Inode:
    return _Inode(record.mode, record.uid, record.gid, record.mtime, record.body, record.device)
