"""What systemd enables by itself at the first boot of an image (systemd.preset(5), machine-id(5)).

An image that was never started has a new first boot at every start from an initrd.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from wyrcan_tui.image.tree import Tree

MACHINE_ID: Final = b"etc/machine-id"
_FOLDERS: Final = (
    b"etc/systemd/system-preset",
    b"usr/local/lib/systemd/system-preset",
    b"usr/lib/systemd/system-preset",
)
"""Where presets are; of files with the same name, the one in the first folder counts."""
_SUFFIX: Final = b".preset"


def is_preset(path: bytes) -> bool:
    """Tell whether a file may be asked by `is_enabled`, by its path."""
    return path == MACHINE_ID or (path.endswith(_SUFFIX) and b"/system-preset/" in path)


def preset_paths(tree: Tree) -> tuple[bytes, ...]:
    """Return the paths of the files whose contents `is_enabled` asks for: the presets, in the order of their names."""
    found: dict[bytes, bytes] = {}
    for folder in _FOLDERS:
        resolved = tree.resolve(folder)
        for name in tree.children(resolved) if resolved else ():
            if name.endswith(_SUFFIX):
                found.setdefault(name, folder + b"/" + name)
    return (MACHINE_ID, *(found[name] for name in sorted(found)))


def is_enabled(unit: str, files: Mapping[bytes, bytes]) -> bool:
    """Tell whether the first boot enables a unit; `files` are the contents of those of `preset_paths` that are there.

    A boot is the first where the machine id is missing or "uninitialized"; where its file is empty it is none
    (machine-id(5), "First boot semantics"). The first line that names the unit counts, and one that is named by none is
    enabled (systemd.preset(5)).
    """
    if files.get(MACHINE_ID, b"uninitialized").strip() != b"uninitialized":
        return False
    presets = (content for path, content in files.items() if path != MACHINE_ID)
    return next((deed == "enable" for deed, name in _rules(presets) if fnmatchcase(unit, name)), True)


def _rules(presets: Iterable[bytes]) -> Iterable[tuple[str, str]]:
    for content in presets:
        for line in content.decode(errors="replace").splitlines():
            words = line.split()
            if len(words) > 1 and words[0] in ("enable", "disable", "ignore"):
                yield words[0], words[1]
