"""A streaming reader of tar archives: ustar, GNU long names, base-256 numbers and sparse files, PAX.

POSIX.1-2017 pax(1), "pax Interchange Format" and "ustar Interchange Format"; the GNU tar manual, "Basic Tar
Format"; OCI image-spec, layer.md.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import sparse
from wyrcan_tui.image.field import BLOCK, damaged, number, usual_number
from wyrcan_tui.kernel.cpio import LONGEST_PATH, path_too_long
from wyrcan_tui.texts import _

_ZEROS: Final = bytes(BLOCK)
_LARGEST_HEADER: Final = 1 << 20
"""Bytes of extended headers that may count for one entry; real ones stay below a few hundred."""

_TYPE: Final = {
    b"0": stat.S_IFREG,
    b"\0": stat.S_IFREG,
    b"7": stat.S_IFREG,
    b"S": stat.S_IFREG,
    b"2": stat.S_IFLNK,
    b"3": stat.S_IFCHR,
    b"4": stat.S_IFBLK,
    b"5": stat.S_IFDIR,
    b"6": stat.S_IFIFO,
}
_XATTR: Final = b"SCHILY.xattr."
_XATTRS: Final = {
    b"SCHILY.acl.access": b"system.posix_acl_access",
    b"SCHILY.acl.default": b"system.posix_acl_default",
    b"RHT.security.selinux": b"security.selinux",
}
"""Attributes that tar --acls and --selinux write under names of their own, and as text."""
_PATHS: Final = (b"path", b"linkpath", sparse.NAME)
_LARGEST_OWNER: Final = 0xFFFFFFFE
"""The largest owner or group; the number behind it means "leave it as it is" (chown(2))."""
_LARGEST_DEVICE: Final = ((1 << 12) - 1, (1 << 20) - 1)
"""The largest major and minor number of a device (include/linux/kdev_t.h)."""


class Entry(NamedTuple):
    """One entry of a layer.

    Attributes:
        path: relative to the root, without ``.``, ``..`` or doubled slashes; empty for the root itself.
        mode: type and permission bits as in `stat`; 0 for a hard link, which has no type of its own.
        uid: owner.
        gid: group.
        mtime: whole seconds since 1970, may be negative.
        size: bytes of its body, the holes of a sparse file included.
        link: a symbolic link's target as it is written, or the path that a hard link shares its file with.
        device: (major, minor) of a device node.
        xattrs: extended attributes by name, as the archive has them.
    """

    path: bytes
    mode: int
    uid: int
    gid: int
    mtime: int
    size: int
    link: bytes
    device: tuple[int, int]
    xattrs: Mapping[bytes, bytes]

    @property
    def is_hard_link(self) -> bool:
        """Whether the entry is one more name of a file that came before."""
        return self.mode == 0

    @property
    def is_directory(self) -> bool:
        """Whether the entry is a directory."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Whether the entry is a regular file with a body."""
        return stat.S_ISREG(self.mode)


_NO_XATTRS: Final[Mapping[bytes, bytes]] = {}


class TarReader:
    """Yields the entries of an archive that arrives in pieces of any size.

    While an entry is the current one, `body` yields its bytes; what is not read is skipped.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._chunk = b""
        self._view = memoryview(self._chunk)
        self._position = 0
        self._body_left = 0
        self._padding = 0
        self._whole: Iterator[memoryview] | None = None

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries in order.

        Raises:
            WyrcanError: ``layer-damaged`` for a malformed or truncated archive, ``layer-path-escapes`` for a
                path that leaves the root, ``path-too-long`` for one longer than Linux allows,
                ``layer-entry-unsupported`` for a type no layer may hold.
        """
        shared: dict[bytes, bytes] = {}
        own: dict[bytes, bytes] = {}
        # Bytes of the headers that count for the next entry, and of those among them that count for all that follow.
        pending = lasting = 0
        while True:
            if rest := self._body_left + self._padding:
                self._skip(rest)
                self._body_left = self._padding = 0
            self._whole = None
            header = b"" if self._at_end() else self._take(BLOCK)
            # Some archivers leave the end mark away; that nothing is missing, the digests tell.
            if header in (b"", _ZEROS):
                for _piece in self._rest():
                    pass
                return
            kind = header[156:157]
            size = _checked_size(header)
            if kind in b"xgLK":
                pending += size
                extension = self._extension(size, pending)
                if kind == b"x":
                    own |= _pax_records(extension)
                elif kind == b"g":
                    shared |= _pax_records(extension)
                    lasting += size
                else:
                    own[b"path" if kind == b"L" else b"linkpath"] = extension.partition(b"\0")[0]
                continue
            pax = shared | own if shared else own
            entry = _entry(header, kind, size, pax)
            own, pending = {}, lasting
            self._body_left = entry.size
            self._padding = -entry.size % BLOCK
            if (pax or kind == b"S") and entry.is_file and sparse.is_sparse(kind, pax):
                found = sparse.read_sparse(header, pax, entry.size, self._take)
                self._body_left = found.stored
                self._whole = found.whole(self._stored())
                entry = entry._replace(size=found.size)
            yield entry

    def body(self) -> Iterator[memoryview]:
        """Yield the rest of the current entry's body in pieces, which are valid until the next step only.

        Raises:
            WyrcanError: ``layer-damaged`` where the archive is cut short.
        """
        if self._whole:
            return self._whole
        if self._body_left <= len(self._chunk) - self._position:
            # Most files are small, and a generator takes longer than they do.
            piece = self._piece(self._body_left)
            self._body_left = 0
            return iter((piece,))
        return self._stored()

    def _stored(self) -> Iterator[memoryview]:
        while self._body_left:
            piece = self._piece(self._body_left)
            self._body_left -= len(piece)
            yield piece

    def _extension(self, size: int, pending: int) -> bytes:
        if pending > _LARGEST_HEADER:
            raise damaged(_("the extended headers of an entry have {size} bytes").format(size=pending))
        data = self._take(size)
        self._skip(-size % BLOCK)
        return data

    def _take(self, count: int) -> bytes:
        end = self._position + count
        if end <= len(self._chunk):
            piece = self._chunk[self._position : end]
            self._position = end
            return piece
        parts = bytearray()
        while len(parts) < count:
            parts += self._piece(count - len(parts))
        return bytes(parts)

    def _skip(self, count: int) -> None:
        while count:
            count -= len(self._piece(count))

    def _at_end(self) -> bool:
        while self._position == len(self._chunk):
            chunk = next(self._chunks, None)
            if chunk is None:
                return True
            self._chunk = chunk
            self._view = memoryview(chunk)
            self._position = 0
        return False

    def _piece(self, most: int) -> memoryview:
        if self._position == len(self._chunk) and self._at_end():
            raise damaged(_("it ends too early"))
        piece = self._view[self._position : self._position + most]
        self._position += len(piece)
        return piece

    def _rest(self) -> Iterator[bytes]:
        # Read to the very end: only there is the layer known to be the one that its digests name.
        yield from self._chunks


def _checked_size(header: bytes) -> int:
    # The checksum counts its own field as eight spaces. The sum of the bytes is also the lower half of Adler-32 (RFC
    # 1950, 8.2), less one and modulo 65521: five times as fast as a sum in Python, for each of a million entries.
    checksum = header[148:156]
    found = (zlib.adler32(header) & 0xFFFF) - 1 - sum(checksum) + 8 * 0x20
    difference = (found - number(checksum)) % 65521
    # Some old archivers took bytes for signed numbers.
    if difference and difference != 0x100 * sum(byte >= 0x80 for byte in header[:148] + header[156:]) % 65521:
        raise damaged(_("a header's checksum is wrong"))
    size = number(header[124:136])
    if size < 0:
        raise damaged(_("an entry has a negative size"))
    return size


def _entry(header: bytes, kind: bytes, size: int, pax: Mapping[bytes, bytes]) -> Entry:
    name = header[:100].partition(b"\0")[0]
    if header[257:263] == b"ustar\0" and header[345]:
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    link = header[157:257].partition(b"\0")[0]
    uid, gid, mtime = usual_number(header[108:116]), usual_number(header[116:124]), usual_number(header[136:148])
    xattrs = _NO_XATTRS
    if pax:
        name = pax.get(sparse.NAME) or pax.get(b"path") or name
        link = pax.get(b"linkpath") or link
        size = _pax_number(pax, b"size", size)
        if size < 0:
            raise damaged(_("an entry has a negative size"))
        uid, gid = _pax_number(pax, b"uid", uid), _pax_number(pax, b"gid", gid)
        mtime = _pax_number(pax, b"mtime", mtime)
        xattrs = {
            _XATTRS.get(key) or key.removeprefix(_XATTR): value
            for key, value in pax.items()
            if key.startswith(_XATTR) or key in _XATTRS
        }
    path = _normal(name)
    if pax and max(len(path), len(link)) > LONGEST_PATH:
        raise path_too_long(path)
    device = (0, 0)
    if not path and kind != b"5":
        raise damaged(_("its root is not a directory"))
    if not (0 <= uid <= _LARGEST_OWNER and 0 <= gid <= _LARGEST_OWNER):
        sentence = _("A layer has an owner ({uid}:{gid}) that cannot be unpacked: {name}.")
        raise _unsupported(sentence, name, uid=uid, gid=gid)
    if kind == b"1":
        return Entry(path, 0, uid, gid, mtime, 0, _normal(link), device, xattrs)
    if kind not in _TYPE:
        sentence = _("A layer has an entry of the type {kind} that cannot be unpacked: {name}.")
        raise _unsupported(sentence, name, kind=repr(kind))
    mode = _TYPE[kind]
    if kind == b"2" and not link:
        # The kernel would leave it out without a word.
        raise damaged(_("the symbolic link /{path} leads nowhere").format(path=path.decode(errors="replace")))
    # Archivers from before POSIX mark a directory by a slash behind its name only.
    if mode == stat.S_IFREG and name.endswith(b"/"):
        mode = stat.S_IFDIR
    if mode in (stat.S_IFCHR, stat.S_IFBLK):
        device = _device(header, name)
    if mode != stat.S_IFREG:
        size = 0
    mode |= usual_number(header[100:108]) & 0o7777
    return Entry(path, mode, uid, gid, mtime, size, link, device, xattrs)


def _device(header: bytes, name: bytes) -> tuple[int, int]:
    device = (number(header[329:337]), number(header[337:345]))
    if not all(0 <= part <= most for part, most in zip(device, _LARGEST_DEVICE, strict=True)):
        sentence = _("A layer has a device ({major}:{minor}) that cannot be unpacked: {name}.")
        raise _unsupported(sentence, name, major=device[0], minor=device[1])
    return device


def _pax_number(pax: Mapping[bytes, bytes], key: bytes, default: int) -> int:
    text = pax.get(key)
    if not text:
        return default
    whole, _point, fraction = text.partition(b".")
    try:
        if whole.removeprefix(b"-").isdigit() and (not fraction or fraction.isdigit()):
            # Rounded down, as a time before 1970 with a fraction must be.
            return int(whole) - (whole.startswith(b"-") and bool(fraction.strip(b"0")))
    except ValueError:
        pass
    raise damaged(_("{text} is not a number").format(text=repr(text[:100])))


def _pax_records(data: bytes) -> dict[bytes, bytes]:
    records: dict[bytes, bytes] = {}
    segments: list[bytes] = []
    position = 0
    while position < len(data):
        length, space, _rest = data[position : position + 20].partition(b" ")
        if not (space and length.isdigit() and int(length) > len(length) + 2):
            raise damaged(_("an extended header has a record without a length"))
        end = position + int(length)
        key, equals, value = data[position + len(length) + 1 : end - 1].partition(b"=")
        if not equals or data[end - 1 : end] != b"\n" or (key in _PATHS and b"\0" in value):
            raise damaged(_("an extended header has a malformed record"))
        records[key] = value
        position = end
        if key in sparse.PAIR:
            if key != sparse.PAIR[len(segments) % 2]:
                raise damaged(_("the map of a sparse file is out of order"))
            segments.append(value)
    if segments:
        records[sparse.MAP] = b",".join(segments)
    return records


def _normal(path: bytes) -> bytes:
    # The common cases must be quick: some checks instead of splitting every path of every layer.
    path = path.removeprefix(b"./").removesuffix(b"/")
    if b"./" not in path and b"//" not in path and not path.startswith(b"/") and not path.endswith((b"/", b".")):
        return path
    parts = [part for part in path.split(b"/") if part not in (b"", b".")]
    if b".." in parts:
        raise WyrcanError(
            "layer-path-escapes",
            _("A layer has an entry that leaves the image's root: {path}.").format(path=path.decode(errors="replace")),
            hint=_("This image is broken or hostile; do not use it."),
        )
    return b"/".join(parts)


def _unsupported(sentence: str, name: bytes, **facts: object) -> WyrcanError:
    return WyrcanError(
        "layer-entry-unsupported",
        sentence.format(name=name.decode(errors="replace"), **facts),
        hint=_("Build the image again without it."),
    )
