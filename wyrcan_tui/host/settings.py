"""What people keep in /etc/containers: credentials, mirrors, certificates. Read as it is, understood elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = "containers"
"""The folder's name, on the boot medium too."""
_PATTERNS: Final = (
    "auth.json",
    "registries.conf",
    "registries.conf.d/*.conf",
    "certs.d/*/*.crt",
    "certs.d/*/*.cert",
    "certs.d/*/*.key",
)
_MOST: Final = 1 << 20
"""Bytes of the largest file that is read."""

Files = Mapping[str, bytes]
"""Contents by the paths in the folder."""


class Settings:
    """The settings that this system itself has: in an initrd of a fleet's own, or on a workstation."""

    def __init__(self, root: Path, logins: tuple[Path, ...] = ()) -> None:
        """Read below `root`; `logins` are further files of the kind of ``auth.json``, of which the first one counts."""
        self._folder = root / "etc" / FOLDER
        self._logins = logins

    def read(self) -> tuple[Files, ...]:
        """Return the files of all places, those that count first at the front; what cannot be read is left out."""
        logins = [{"auth.json": content} for path in self._logins if (content := _content(path)) is not None]
        return (*logins, read_files(self._folder))


def read_files(folder: Path) -> Files:
    """Return those files of a folder that concern registries; what cannot be read is left out."""
    return {str(path.relative_to(folder)): content for path, content in _found(folder)}


def _found(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for pattern in _PATTERNS:
        for path in sorted(folder.glob(pattern)):
            content = _content(path)
            if content is not None:
                yield path, content


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MOST)
    except OSError:
        return None
