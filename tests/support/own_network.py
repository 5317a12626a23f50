"""A network that is a test's own: in it are the interfaces that the test makes, and what happens to them is real.

with own_network(rig.root):
    ip("link add wired0 type veth peer name far")     # seen by this thread and those that it starts, and below root
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_NEW_NETWORK: Final = 0x40000000
"""CLONE_NEWNET of unshare(2) and setns(2)."""


def reason_against_own_network() -> str:
    """Why nobody can have one here; empty where nothing is in the way."""
    trial = subprocess.run(
        ["unshare", "--net", "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"],
        check=False,
        capture_output=True,
        text=True,
    )
    return trial.stderr.strip()


@contextmanager
def own_network(root: Path) -> Iterator[None]:
    """Have this thread, and those that it starts, in a network of their own; the machine below `root` is in it, too."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    sysfs = root / "sysfs"
    sysfs.mkdir()
    try:
        _check(libc.unshare(_NEW_NETWORK))
        try:
            # It shows the network of whoever mounts it, to whoever looks.
            subprocess.run(["mount", "-t", "sysfs", "sysfs", sysfs], check=True)
            try:
                (root / "sys/class/net").rmdir()
                (root / "sys/class/net").symlink_to(sysfs / "class/net")
                (root / "proc/net").symlink_to("/proc/thread-self/net")
                yield
            finally:
                subprocess.run(["umount", "--lazy", sysfs], check=True)
        finally:
            _check(libc.setns(before, _NEW_NETWORK))
    finally:
        os.close(before)


def ip(words: str) -> None:
    """Do what ip(8) does with these words."""
    subprocess.run(["ip", *words.split()], check=True)


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
