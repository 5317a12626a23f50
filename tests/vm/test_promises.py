"""What a machine is promised: its disks are left alone, and the image has the whole of its memory."""

import subprocess
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

import pytest

from tests.support.machine import Kernel, Machine
from tests.support.terminal import Terminal
from tests.support.tiny import MARKER
from tests.vm.conftest import BUILD, plain

MEMORY_MIB = 2048
KERNEL_MIB = 120
"""What a kernel keeps of that memory for itself, its page tables and what the firmware had."""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A disk with somebody's system: a file system, and a journal that whoever mounts it would go through."""
    path, files = tmp_path / "disk", tmp_path / "files"
    (files / "etc").mkdir(parents=True)
    (files / "etc/hostname").write_text("somebody's\n")
    subprocess.run(["mkfs.ext4", "-q", "-L", "WYRCAN", "-d", files, path, "64M"], check=True)
    return path


def digest(path: Path) -> str:
    """The digest of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def meminfo(terminal: Terminal, name: str) -> int:
    """A figure of the machine's ``/proc/meminfo``, in MiB."""
    terminal.type(f"grep {name}: /proc/meminfo\r")
    return int(terminal.wait_to_read(rf"\n{name}: +(\d+) kB")[1]) >> 10


def test_no_disk_is_touched_and_the_image_has_the_whole_memory(
    pushed: str, disk: Path, computer: Callable[..., Machine]
) -> None:
    before = digest(disk)
    words = f"wyr.registry={plain(pushed)} wyr.img={pushed}"
    start = Kernel(BUILD / "wyrcan.kernel", words, BUILD / "wyrcan.initrd")
    with computer(firmware="bios", medium=start, disks=[disk], memory_mib=MEMORY_MIB) as machine:
        terminal = machine.terminal
        terminal.wait_to_read(MARKER.pattern)
        terminal.wait_for("~ #")
        terminal.type("stat -f -c 'root is of type %t' /\r")
        # TMPFS_MAGIC of the kernel's include/uapi/linux/magic.h: its pages can be swapped, those of ramfs cannot.
        terminal.wait_for("root is of type 1021994")
        total, free, root = (meminfo(terminal, name) for name in ("MemTotal", "MemFree", "Shmem"))
    assert total > MEMORY_MIB - KERNEL_MIB
    assert free + root > total - KERNEL_MIB
    assert digest(disk) == before
