"""What an image has and its initrd cannot hold: newc has no extended attributes, and 32 bits for a time.

Documentation/driver-api/early-userspace/buffer-format.rst of the kernel; xattr(7), acl(5), capabilities(7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from wyrcan_tui.texts import _, ngettext

SHOWN: Final = 3
"""Files, and names of attributes, that a sentence has room for."""
_LONGEST: Final = 60
"""Characters of a path or a name in a sentence."""


class _Kind(Enum):
    """What is lost, that which matters most first."""

    CAPABILITIES = auto()
    ACLS = auto()
    OTHERS = auto()
    LABELS = auto()
    TIMES = auto()


_KINDS: Final = {
    b"security.capability": _Kind.CAPABILITIES,
    b"system.posix_acl_access": _Kind.ACLS,
    b"system.posix_acl_default": _Kind.ACLS,
    b"security.selinux": _Kind.LABELS,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of loss.

    Attributes:
        sentence: what is lost, on how many files, and the first few of them by name; short enough for a screen.
        files: every file's path, and the names of the attributes that it loses (``mtime`` for its time). Empty for
            SELinux labels, which are on every file or on none.
    """

    sentence: str
    files: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return self.sentence


class Losses:
    """What has been lost so far. A path is without a leading slash here, and with one in what comes out."""

    def __init__(self) -> None:
        self._attributes: dict[bytes, tuple[bytes, ...]] = {}
        self._times: set[bytes] = set()

    def note(self, path: bytes, attributes: Iterable[bytes], *, time: bool) -> None:
        """Take note that a file loses these extended attributes, and whether it loses its time."""
        if names := tuple(sorted(attributes)):
            self._attributes[path] = names
        if time:
            self._times.add(path)

    def forget(self, path: bytes) -> None:
        """Take back what was noted of a path: something else has taken its place."""
        self._attributes.pop(path, None)
        self._times.discard(path)

    def told(self) -> tuple[Loss, ...]:
        """Return the losses, the one that matters most first."""
        groups = defaultdict[_Kind, dict[str, list[str]]](dict)
        for path, names in sorted(self._attributes.items()):
            for name in names:
                kind = groups[_KINDS.get(name, _Kind.OTHERS)]
                kind.setdefault(_shown(b"/" + path), []).append(_shown(name))
        if self._times:
            groups[_Kind.TIMES] = {_shown(b"/" + path): ["mtime"] for path in sorted(self._times)}
        return tuple(_loss(kind, groups[kind]) for kind in _Kind if kind in groups)


def _loss(kind: _Kind, files: Mapping[str, list[str]]) -> Loss:
    names = _first(sorted({name for lost in files.values() for name in lost}))
    sentence = _sentence(kind, len(files)).format(number=len(files), names=names, files=_first(list(files)))
    return Loss(sentence, {} if kind is _Kind.LABELS else {path: tuple(lost) for path, lost in files.items()})


def _sentence(kind: _Kind, number: int) -> str:
    match kind:
        case _Kind.CAPABILITIES:
            return ngettext(
                "Capabilities are lost on {number} file ({names}): {files}.",
                "Capabilities are lost on {number} files ({names}): {files}.",
                number,
            )
        case _Kind.ACLS:
            return ngettext(
                "Access control lists are lost on {number} file ({names}): {files}.",
                "Access control lists are lost on {number} files ({names}): {files}.",
                number,
            )
        case _Kind.OTHERS:
            return ngettext(
                "Extended attributes are lost on {number} file ({names}): {files}.",
                "Extended attributes are lost on {number} files ({names}): {files}.",
                number,
            )
        case _Kind.LABELS:
            return ngettext(
                "SELinux labels are lost on {number} file ({names}).",
                "SELinux labels are lost on {number} files ({names}).",
                number,
            )
        case _Kind.TIMES:
            return ngettext(
                "Modification times before 1970 or after 2106 are not kept on {number} file: {files}.",
                "Modification times before 1970 or after 2106 are not kept on {number} files: {files}.",
                number,
            )


def _first(texts: list[str]) -> str:
    first = ", ".join(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..." for text in texts[:SHOWN])
    if len(texts) <= SHOWN:
        return first
    return _("{first} and {number} more").format(first=first, number=len(texts) - SHOWN)


def _shown(name: bytes) -> str:
    # Two names that are no UTF-8 must not become the same one.
    return name.decode(errors="backslashreplace")
