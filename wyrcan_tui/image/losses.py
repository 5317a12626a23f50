"""What an image has and its initrd cannot hold: newc has no extended attributes, and 32 bits for a time.

Documentation/driver-api/early-userspace/buffer-format.rst of the kernel; xattr(7), acl(5), capabilities(7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SHOWN: Final = 3
"""Files, and names of attributes, that a sentence has room for."""
_LONGEST: Final = 60
"""Characters of a path or a name in a sentence."""

_CAPABILITIES: Final = "Capabilities are lost"
_ACLS: Final = "Access control lists are lost"
_OTHERS: Final = "Extended attributes are lost"
_LABELS: Final = "SELinux labels are lost"
_TIMES: Final = "Modification times before 1970 or after 2106 are not kept"
_KINDS: Final = {
    b"security.capability": _CAPABILITIES,
    b"system.posix_acl_access": _ACLS,
    b"system.posix_acl_default": _ACLS,
    b"security.selinux": _LABELS,
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
        groups = defaultdict[str, dict[str, list[str]]](dict)
        for path, names in sorted(self._attributes.items()):
            for name in names:
                kind = groups[_KINDS.get(name, _OTHERS)]
                kind.setdefault(_shown(b"/" + path), []).append(_shown(name))
        if self._times:
            groups[_TIMES] = {_shown(b"/" + path): ["mtime"] for path in sorted(self._times)}
        order = (_CAPABILITIES, _ACLS, _OTHERS, _LABELS, _TIMES)
        return tuple(_loss(kind, groups[kind]) for kind in order if kind in groups)


def _loss(kind: str, files: Mapping[str, list[str]]) -> Loss:
    names = sorted({name for lost in files.values() for name in lost})
    attributes = "" if kind is _TIMES else f" ({_first(names)})"
    sentence = f"{kind} on {len(files)} {'file' if len(files) == 1 else 'files'}{attributes}"
    if kind is _LABELS:
        return Loss(f"{sentence}.", {})
    return Loss(f"{sentence}: {_first(list(files))}.", {path: tuple(lost) for path, lost in files.items()})


def _first(texts: list[str]) -> str:
    first = ", ".join(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..." for text in texts[:SHOWN])
    return f"{first} and {len(texts) - SHOWN} more" if len(texts) > SHOWN else first


def _shown(name: bytes) -> str:
    # Two names that are no UTF-8 must not become the same one.
    return name.decode(errors="backslashreplace")
