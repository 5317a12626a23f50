"""Whether an image runs systemd-networkd, and where it has the files for that (systemd.network(5))."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from wyrcan_tui.image.preset import is_enabled, preset_paths
from wyrcan_tui.image.tree import Tree

_FOLDER: Final = b"etc/systemd/network"
_UNIT: Final = b"systemd-networkd.service"
_UNITS: Final = (b"etc/systemd/system", b"usr/lib/systemd/system", b"lib/systemd/system")
_TARGETS: Final = (b"multi-user.target", b"sysinit.target", b"basic.target", b"network.target")


def network_folder(tree: Tree) -> tuple[bytes, tuple[bytes, ...]] | None:
    """Return where an image has files for networkd, and the folders on the way that are missing.

    None is an image that has something else in that place.
    """
    here, missing = b"", list[bytes]()
    for name in _FOLDER.split(b"/"):
        step = here + b"/" + name if here else name
        if step not in tree:
            missing.append(step)
            here = step
            continue
        found = tree.resolve(step)
        if found is None or not tree.is_directory(found):
            return None
        here = found
    return here, tuple(missing)


def runs_networkd(tree: Tree, contents: Callable[[Sequence[bytes]], Mapping[bytes, bytes]]) -> bool:
    """Tell whether an image starts systemd-networkd: a target wants it, or a preset enables it at the first boot.

    `contents` gives those of the files with these paths that are there, and is asked only where no target tells.
    """
    program = tree.resolve(b"usr/lib/systemd/systemd-networkd") or tree.resolve(b"lib/systemd/systemd-networkd")
    if program is None or not tree.is_file(program):
        return False
    # Masked, it is a link to /dev/null.
    own = b"etc/systemd/system/" + _UNIT
    if own in tree and ((unit := tree.resolve(own)) is None or not tree.is_file(unit)):
        return False
    if any(tree.resolve(folder + b"/" + wants + b".wants/" + _UNIT) for folder in _UNITS for wants in _TARGETS):
        return True
    # There is nothing that a preset could enable.
    if not any(tree.resolve(folder + b"/" + _UNIT) for folder in _UNITS):
        return False
    return is_enabled(_UNIT.decode(), contents(preset_paths(tree)))
