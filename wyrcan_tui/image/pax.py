"""Extended headers of a tar archive (POSIX.1-2017 pax(1), "pax Extended Header"): records of a key and a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from wyrcan_tui.image import sparse
from wyrcan_tui.image.field import damaged
from wyrcan_tui.texts import _

_XATTR: Final = b"SCHILY.xattr."
_QUOTED_XATTR: Final = b"LIBARCHIVE.xattr."
"""What libarchive writes in front of a name in the form of URLs; the value is in Base64 (its tar(5), "Pax Interchange
Format")."""
_XATTRS: Final = {
    b"SCHILY.acl.access": b"system.posix_acl_access",
    b"SCHILY.acl.default": b"system.posix_acl_default",
    b"RHT.security.selinux": b"security.selinux",
}
"""Attributes that tar --acls and --selinux write under names of their own, and as text."""
_PATHS: Final = (b"path", b"linkpath", sparse.NAME)


def pax_records(data: bytes) -> dict[bytes, bytes]:
    """Return the records of an extended header; the map of a sparse file that is one segment after the other as one.

    Raises:
        WyrcanError: ``layer-damaged``.
    """
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


def pax_number(pax: Mapping[bytes, bytes], key: bytes, default: int) -> int:
    """Return the whole number that a record has, rounded down; the default where there is none.

    Raises:
        WyrcanError: ``layer-damaged``.
    """
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


def pax_xattrs(pax: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    """Return the names of the extended attributes among the records, sorted; libarchive has each of them twice."""
    quoted = {unquote_to_bytes(key.removeprefix(_QUOTED_XATTR)) for key in pax if key.startswith(_QUOTED_XATTR)}
    plain = {_XATTRS.get(key) or key.removeprefix(_XATTR) for key in pax if key.startswith(_XATTR) or key in _XATTRS}
    return tuple(sorted(quoted | plain))
