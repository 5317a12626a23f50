"""A streaming reader of tar archives: ustar, GNU long names, base-256 numbers and sparse files, PAX.

POSIX.1-2017 pax(1), "pax Interchange Format" and "ustar Interchange Format"; the GNU tar manual, "Basic Tar
Format"; OCI image-spec, layer.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from stat import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IMODE
from typing import Final

from isal.isal_zlib import adler32

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import sparse
from wyrcan_tui.image.field import BLOCK, damaged, number
from wyrcan_tui.image.pax import pax_number, pax_records, pax_xattrs
from wyrcan_tui.kernel.cpio import LONGEST_NAME, LONGEST_PATH, Metadata, path_too_long
from wyrcan_tui.texts import _

_ZEROS: Final = bytes(BLOCK)
_USUAL: Final = 1 << 10
"""Values of a field that are kept in mind: most entries have what one of those before them had."""
_SMALL: Final = 16 << 10
"""Bytes of a body up to which it is copied: what is only looked at keeps the whole piece of the layer that it is in, so
that what waits to be compressed (`initrd.DRAFT`) could keep one for each of its files."""
_LARGEST_HEADER: Final = 1 << 20
"""Bytes of extended headers that may count for one entry; real ones stay below a few hundred."""

_LARGEST_SHARED: Final = 1 << 12
"""Bytes of extended headers that may count for all entries, for each of which they are looked through."""

_KIND: Final = {
    b"1": 0,
    b"0": S_IFREG,
    b"\0": S_IFREG,
    b"7": S_IFREG,
    b"S": S_IFREG,
    b"2": S_IFLNK,
    b"3": S_IFCHR,
    b"4": S_IFBLK,
    b"5": S_IFDIR,
    b"6": S_IFIFO,
}
# Sets: whether bytes are in others, Python finds out by way of an exception.
_EXTENSIONS: Final = frozenset((b"x", b"g", b"L", b"K"))
_LINKS: Final = frozenset((b"1", b"2"))
_ADLER: Final = 65521
_NO_NAMES: Final = (b"", b".", b"..")
_LARGEST_OWNER: Final = 0xFFFFFFFE
"""The largest owner or group; the number behind it means "leave it as it is" (chown(2))."""
_LARGEST_TIME: Final = (1 << 63) - 1
"""Seconds that any time may be away from 1970: a header may have thousands of digits, and `MetadataRow` has 64 bits."""
_LARGEST_DEVICE: Final = ((1 << 12) - 1, (1 << 20) - 1)
"""The largest major and minor number of a device (include/linux/kdev_t.h)."""


class Entry:
    """One entry of a layer.

    Attributes:
        path: relative to the root, without ``.``, ``..`` or doubled slashes; empty for the root itself.
        directory: the path of the directory that it is in.
        kind: its type as in `stat.S_IFMT`; 0 for a hard link, which has no type of its own.
        metadata: its mode (0 for a hard link), owner, group, and time in whole seconds since 1970, maybe negative.
        size: bytes of its body, the holes of a sparse file included.
        link: a symbolic link's target as it is written, or the path that a hard link shares its file with; it says
            nothing of anything else.
        device: (major, minor) of a device node.
        xattrs: the names of its extended attributes.
    """

    # No data class or named tuple: compiled, a class that is written out makes its own in a tenth of their time.
    def __init__(
        self,
        path: bytes,
        directory: bytes,
        kind: int,
        metadata: Metadata,
        *,
        size: int,
        link: bytes,
        device: tuple[int, int],
        xattrs: tuple[bytes, ...],
    ) -> None:
        self.path = path
        self.directory = directory
        self.kind = kind
        self.metadata = metadata
        self.size = size
        self.link = link
        self.device = device
        self.xattrs = xattrs

    @property
    def is_file(self) -> bool:
        """Whether the entry is a regular file with a body."""
        return self.kind == S_IFREG


_NO_DEVICE: Final = (0, 0)


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
        self._whole: sparse.SparseBody | None = None

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
            header = self._next_header()
            # Some archivers leave the end mark away, or half of it; that nothing is missing, the digests tell.
            if not header or (not header[0] and header == _ZEROS):
                # Other engines refuse what goes on here: to end without a word would lose the rest of the layer.
                if header and not self._at_end() and self._take(BLOCK) != _ZEROS:
                    raise damaged(_("there is something behind half of its end mark"))
                for _piece in self._rest():
                    pass
                return
            kind = header[156:157]
            size = _checked_size(header)
            if kind in _EXTENSIONS:
                pending += size
                extension = self._extension(size, pending)
                if kind == b"x":
                    own |= pax_records(extension)
                elif kind == b"g":
                    shared |= pax_records(extension)
                    lasting += size
                    if lasting > _LARGEST_SHARED:
                        raise damaged(_("the extended headers of all entries have {size} bytes").format(size=lasting))
                else:
                    own[b"path" if kind == b"L" else b"linkpath"] = extension.partition(b"\0")[0]
                continue
            pax = shared | own if shared else own
            entry = _entry(header, kind, size, pax)
            size = entry.size
            self._body_left = size
            self._padding = -size % BLOCK
            if pax:
                own = {}
            pending = lasting
            if (pax or kind == b"S") and entry.is_file and sparse.is_sparse(kind, pax):
                found = sparse.read_sparse(header, pax, size, self._take)
                self._body_left = found.stored
                self._whole = found.body(self._stored())
                entry.size = found.size
            yield entry

    def body(self) -> Iterable[bytes | memoryview]:
        """Return the rest of the current entry's body in pieces, which come once; a `SparseBody` for a sparse file.

        Raises:
            WyrcanError: ``layer-damaged`` where the archive is cut short.
        """
        if self._whole:
            return self._whole
        left = self._body_left
        if left > _SMALL:
            return self._stored()
        self._body_left = 0
        return (self._take(left),)

    def _next_header(self) -> bytes:
        """Return the block behind the current entry; nothing where the archive ends with that."""
        rest = self._body_left + self._padding
        self._body_left = self._padding = 0
        self._whole = None
        start = self._position + rest
        end = start + BLOCK
        # Most often it is in the piece that is at hand.
        if end <= len(self._chunk):
            self._position = end
            return self._chunk[start:end]
        self._skip(rest)
        return b"" if self._at_end() else self._take(BLOCK)

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
        end = self._position + count
        if end <= len(self._chunk):
            self._position = end
            return
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
    # The sum of the bytes is also the lower half of Adler-32 (RFC 1950, 8.2), plus one and modulo 65521: many times as
    # fast as a sum in Python, for each of a million entries. The checksum's own field counts as spaces.
    checksum = header[148:156]
    wrong = (
        (adler32(header) & 0xFFFF) - (adler32(checksum) & 0xFFFF) + len(checksum) * 0x20 - number(checksum)
    ) % _ADLER
    if wrong:
        # Some old archivers took bytes for signed numbers.
        negative = sum(byte >= 0x80 for byte in header[:148] + header[156:])
        if (wrong - 0x100 * negative) % _ADLER:
            raise damaged(_("a header's checksum is wrong"))
    field = header[124:135]
    try:
        if field.isdigit() and header[135] in b" \0":
            return int(field, 8)
    except ValueError:
        pass
    size = number(header[124:136])
    if size < 0:
        raise damaged(_("an entry has a negative size"))
    return size


def _entry(header: bytes, letter: bytes, size: int, pax: Mapping[bytes, bytes]) -> Entry:
    name = header[:100].partition(b"\0")[0]
    if header[345] and header[257:263] == b"ustar\0":
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    kind = _KIND.get(letter)
    metadata = _metadata(kind or 0, header[100:124], header[136:148])
    link = header[157:257].partition(b"\0")[0] if letter in _LINKS else b""
    xattrs: tuple[bytes, ...] = ()
    if pax:
        name, link, size, metadata, xattrs = _extended(pax, name, link, size, metadata)
    directory, _slash, last = name.rpartition(b"/")
    if last in _NO_NAMES:
        path = _normal(name)
        directory = path.rpartition(b"/")[0]
        # Archivers from before POSIX mark a directory by a slash behind its name only.
        if kind == S_IFREG and not last:
            kind = S_IFDIR
            metadata = metadata._replace(mode=kind | S_IMODE(metadata.mode))
        if not path and letter != b"5":
            raise damaged(_("its root is not a directory"))
    elif directory:
        try:
            # Nothing that is long should be kept in mind.
            directory = (_directory if len(directory) <= LONGEST_NAME else _normal)(directory)
        except WyrcanError:
            raise _escapes(name) from None
        path = directory + b"/" + last if directory else last
    else:
        path = last
    if pax and max(len(path), len(link)) > LONGEST_PATH:
        raise path_too_long(path)
    _mode, uid, gid, _mtime = metadata
    if (uid or gid) and not (0 <= uid <= _LARGEST_OWNER and 0 <= gid <= _LARGEST_OWNER):
        sentence = _("A layer has an owner ({uid}:{gid}) that cannot be unpacked: {name}.")
        raise _unsupported(sentence, name, uid=uid, gid=gid)
    device = _NO_DEVICE
    if kind != S_IFREG:
        size = 0
        if kind is None:
            sentence = _("A layer has an entry of the type {kind} that cannot be unpacked: {name}.")
            raise _unsupported(sentence, name, kind=repr(letter))
        link, device = _special(header, kind, path, link)
    return Entry(path, directory, kind, metadata, size=size, link=link, device=device, xattrs=xattrs)


def _extended(
    pax: Mapping[bytes, bytes], name: bytes, link: bytes, size: int, metadata: Metadata
) -> tuple[bytes, bytes, int, Metadata, tuple[bytes, ...]]:
    """Return what extended headers make of an entry's fields, and the names of its extended attributes."""
    size = pax_number(pax, b"size", size)
    if size < 0:
        raise damaged(_("an entry has a negative size"))
    mode, uid, gid, mtime = metadata
    uid, gid = pax_number(pax, b"uid", uid), pax_number(pax, b"gid", gid)
    return (
        pax.get(sparse.NAME) or pax.get(b"path") or name,
        pax.get(b"linkpath") or link,
        size,
        _shared(mode, uid, gid, _time(pax_number(pax, b"mtime", mtime))),
        pax_xattrs(pax),
    )


def _special(header: bytes, kind: int, path: bytes, link: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return where an entry that is no regular file leads, and the device that it is."""
    if not kind:
        return _normal(link), _NO_DEVICE
    if kind == S_IFLNK and not link:
        # The kernel would leave it out without a word.
        raise damaged(_("the symbolic link /{path} leads nowhere").format(path=path.decode(errors="replace")))
    return link, _device(header, path) if kind in (S_IFCHR, S_IFBLK) else _NO_DEVICE


_shared: Final = lru_cache(_USUAL)(Metadata)
"""`Metadata`, one for all that have the same: of directories it is kept in mind, and `MetadataRow` knows it again."""


@lru_cache(_USUAL)
def _metadata(kind: int, mode_and_owner: bytes, mtime: bytes) -> Metadata:
    mode, uid, gid = _mode_and_owner(kind, mode_and_owner)
    return Metadata(mode, uid, gid, _time(number(mtime)))


def _time(seconds: int) -> int:
    return min(max(seconds, -_LARGEST_TIME), _LARGEST_TIME)


@lru_cache(_USUAL)
def _mode_and_owner(kind: int, field: bytes) -> tuple[int, int, int]:
    mode = kind | (number(field[:8]) & 0o7777) if kind else 0
    return mode, number(field[8:16]), number(field[16:])


def _device(header: bytes, name: bytes) -> tuple[int, int]:
    device = (number(header[329:337]), number(header[337:345]))
    if not all(0 <= part <= most for part, most in zip(device, _LARGEST_DEVICE, strict=True)):
        sentence = _("A layer has a device ({major}:{minor}) that cannot be unpacked: {name}.")
        raise _unsupported(sentence, name, major=device[0], minor=device[1])
    return device


def _normal(path: bytes) -> bytes:
    parts = [part for part in path.split(b"/") if part not in (b"", b".")]
    if b".." in parts:
        raise _escapes(path)
    return b"/".join(parts)


_directory: Final = lru_cache(_USUAL)(_normal)
"""`_normal` for the directory that many entries in a row are in."""


def _escapes(path: bytes) -> WyrcanError:
    return WyrcanError(
        "layer-path-escapes",
        _("A layer has an entry that leaves the image's root: {path}.").format(path=path.decode(errors="replace")),
        hint=_("This image is broken or hostile; do not use it."),
    )


def _unsupported(sentence: str, name: bytes, **facts: object) -> WyrcanError:
    return WyrcanError(
        "layer-entry-unsupported",
        sentence.format(name=name.decode(errors="replace"), **facts),
        hint=_("Build the image again without it."),
    )
