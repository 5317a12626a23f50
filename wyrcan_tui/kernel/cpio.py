"""Records of the newc cpio format, as the kernel unpacks them.

Documentation/driver-api/early-userspace/buffer-format.rst and init/initramfs.c of the kernel.
"""

from __future__ import annotations

from binascii import hexlify
from struct import Struct
from typing import Final, NamedTuple

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

HEADER_SIZE: Final = 110
NLINK_OFFSET: Final = 38
"""Bytes from the start of a record to the eight digits of its number of hard links."""
LARGEST_FILE: Final = 0xFFFFFFFF
"""Bytes of the largest file that the format can hold."""
LATEST: Final = 0xFFFFFFFF
"""The latest time that the format can hold, in 2106, in seconds since 1970."""
LONGEST_PATH: Final = 4095
"""Bytes of the longest path that the kernel unpacks (PATH_MAX less the final NUL)."""
LONGEST_NAME: Final = 255
"""Bytes of the longest name of one file or directory (NAME_MAX)."""

_MAGIC: Final = b"070701"
_FIELDS: Final = Struct(">13I")
"""Inode, mode, owner, group, links, time, size; major and minor number of the file system, then of the device; bytes of
the name with its NUL; a checksum that this format does not have."""
_TRAILER_NAME: Final = b"TRAILER!!!"
_PAD: Final = (b"", b"\0\0\0", b"\0\0", b"\0")
_END: Final = tuple(b"\0" + pad for pad in _PAD)


class Metadata(NamedTuple):
    """Permissions (with the type bits of `stat`), owner, group, and modification time in seconds since 1970."""

    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0


def record(
    name: bytes,
    inode: int,
    metadata: Metadata,
    *,
    nlink: int = 1,
    size: int = 0,
    device: tuple[int, int] = (0, 0),
) -> bytes:
    """Return a record's header and padded name; `size` bytes of body and `padding` of them must follow.

    The time is clamped to the 32 bits that the format has; `device` is (major, minor) of a device node. `name` is a
    path without a leading slash; one that reads like the end of an archive is written so that it is none.

    Raises:
        WyrcanError: ``file-too-large`` where `size` does not fit the format, ``path-too-long`` where the kernel
            would pass the record over without a word.
    """
    if len(name) > LONGEST_NAME:
        check_path(name)
    if size > LARGEST_FILE:
        raise WyrcanError(
            "file-too-large",
            _("The file /{name} is larger than 4 GiB, which no initrd can hold.").format(
                name=name.decode(errors="replace")
            ),
            hint=_("Take the file out of the image, or split it."),
        )
    if name == _TRAILER_NAME:
        name = b"./" + name
    mode, uid, gid, mtime = metadata
    if not 0 <= mtime <= LATEST:
        mtime = min(max(mtime, 0), LATEST)
    major, minor = device
    fields = _FIELDS.pack(inode, mode, uid, gid, nlink, mtime, size, 0, 0, major, minor, len(name) + 1, 0)
    # The name ends with a NUL and is padded so that what follows it starts at a multiple of four.
    return _MAGIC + hexlify(fields).upper() + name + _END[(HEADER_SIZE + len(name) + 1) & 3]


def removal(name: bytes) -> bytes:
    """Return a record that makes the kernel remove a file, a symbolic link or an empty directory.

    The kernel makes room for what is of another type than what is there (``clean_path``), and makes nothing of a type
    that it does not know (``do_name``), such as none. It does so in all versions that unpack an initrd in this format.
    """
    return record(name, 0, Metadata(0))


def check_path(path: bytes) -> None:
    """Make sure that the kernel does not pass a record of this path over.

    Raises:
        WyrcanError: ``path-too-long``.
    """
    if len(path) > LONGEST_PATH or max(map(len, path.split(b"/"))) > LONGEST_NAME:
        raise path_too_long(path)


def path_too_long(path: bytes) -> WyrcanError:
    """Return the error for a path that the kernel would pass over: ``path-too-long``."""
    return WyrcanError(
        "path-too-long",
        _("The image has a path that is longer than Linux allows: /{path}...").format(
            path=path[:80].decode(errors="replace")
        ),
        hint=_("Take the file out of the image, or rename it."),
    )


def padding(size: int) -> bytes:
    """Return the zero bytes that must follow a body of `size` bytes."""
    return _PAD[size & 3]


def nlink_field(nlink: int) -> bytes:
    """Return the eight digits that stand at `NLINK_OFFSET`."""
    return b"%08X" % nlink


TRAILER: Final = _MAGIC + b"%08X" * 13 % (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0) + _TRAILER_NAME + _END[1]
"""The record that ends an archive; the kernel then forgets all inode numbers seen so far."""
