"""What a machine is promised: its disks are left alone, and the image has the whole of its memory, and of its swap."""

import struct
import subprocess
from collections.abc import Callable
from hashlib import file_digest, sha256
from pathlib import Path

import pytest

from tests.support.image import Dir, File, Image, Layer
from tests.support.machine import Kernel, Machine
from tests.support.registry import Registry
from tests.support.terminal import Terminal
from tests.support.tiny import MARKER, static_busybox
from tests.support.unpacker import ZSTD_MAGIC, archives
from tests.vm.conftest import BUILD, plain, seen

MEMORY_MIB = 2048
KERNEL_MIB = 120
"""What a kernel keeps of that memory for itself, its page tables and what the firmware had."""

SWAP_MIB = 512
SECTOR = 512
FIRST_SECTOR = 2048
LINUX_SWAP = 0x82
"""The type of a swap partition in a partition table of DOS."""

LEFT_MIB = 128
"""What is free when everything else is taken by a program that keeps its memory."""
WRITTEN_MIB = 320
"""The files that are then written into the root."""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A disk with somebody's system: a file system, and a journal that whoever mounts it would go through."""
    path, files = tmp_path / "disk", tmp_path / "files"
    (files / "etc").mkdir(parents=True)
    (files / "etc/hostname").write_text("somebody's\n")
    subprocess.run(["mkfs.ext4", "-q", "-L", "WYRCAN", "-d", files, path, "64M"], check=True)
    return path


@pytest.fixture
def swap_disk(tmp_path: Path) -> Path:
    """A disk whose one partition is for swap, and empty."""
    path = tmp_path / "swap-disk"
    sectors = (SWAP_MIB << 20) // SECTOR
    entry = struct.pack("<4xB3xII", LINUX_SWAP, FIRST_SECTOR, sectors)
    path.write_bytes(entry.rjust(0x1BE + len(entry), b"\0").ljust(SECTOR - 2, b"\0") + b"\x55\xaa")
    with path.open("r+b") as file:
        file.truncate((FIRST_SECTOR + sectors) * SECTOR)
    return path


@pytest.fixture
def driven(registry: Registry, tiny: Callable[..., Image], initrd: Path) -> str:
    """The tiny image with the driver of QEMU's disks, which is a module of Debian's kernel, by its name."""
    driver = Layer([Dir("lib"), File("lib/virtio_blk.ko", module(initrd, "virtio_blk.ko"))])
    image = tiny("driven")
    registry.push_image("demo/driven", "stable", Image([*image.layers, driver], labels=image.labels))
    return f"{seen(registry)}/demo/driven:stable"


def module(initrd: Path, name: str) -> bytes:
    """A module of the kernel on the ISO."""
    packed = initrd.read_bytes()
    # What is in front is for the case that the rest does not come whole, and our own files are behind.
    distribution, *_ = archives(packed[packed.index(ZSTD_MAGIC) :])
    command = ["cpio", "--extract", "--quiet", "--to-stdout", f"*/{name}"]
    return subprocess.run(command, input=distribution, check=True, capture_output=True).stdout


def digest(path: Path) -> str:
    """The digest of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def meminfo(terminal: Terminal, name: str) -> int:
    """A figure of the machine's ``/proc/meminfo``, in MiB."""
    terminal.type(f"grep {name}: /proc/meminfo\r")
    return int(terminal.wait_to_read(rf"\n{name}: +(\d+) kB")[1]) >> 10


def test_no_disk_is_touched_and_the_image_has_the_whole_memory_and_can_swap(
    driven: str, disk: Path, swap_disk: Path, computer: Callable[..., Machine]
) -> None:
    before = digest(disk)
    words = f"wyr.registry={plain(driven)} wyr.img={driven}"
    start = Kernel(BUILD / "wyrcan.kernel", words, BUILD / "wyrcan.initrd")
    busybox = static_busybox(BUILD / "tests").read_bytes()
    copies = (WRITTEN_MIB << 20) // len(busybox)
    with computer(firmware="bios", medium=start, disks=[disk, swap_disk], memory_mib=MEMORY_MIB) as machine:
        terminal = machine.terminal
        terminal.wait_to_read(MARKER.pattern)
        terminal.wait_for("~ #")
        terminal.type("stat -f -c 'root is of type %t' /\r")
        # TMPFS_MAGIC of the kernel's include/uapi/linux/magic.h: its pages can be swapped, those of ramfs cannot.
        terminal.wait_for("root is of type 1021994")
        total, free, root = (meminfo(terminal, name) for name in ("MemTotal", "MemFree", "Shmem"))
        assert total > MEMORY_MIB - KERNEL_MIB
        assert free + root > total - KERNEL_MIB

        for command in ("insmod /lib/virtio_blk.ko", "mkswap /dev/vdb1", "swapon /dev/vdb1"):
            terminal.type(f"busybox {command} && echo done: {command}\r")
            terminal.wait_to_read(rf"\ndone: {command}\s")
        # Huge pages are never swapped (Documentation/admin-guide/mm/hugetlbpage.rst).
        terminal.type(f"echo {(free - LEFT_MIB) // 2} > /proc/sys/vm/nr_hugepages\r")
        terminal.type(f"for n in $(busybox seq {copies}); do cat /bin/busybox; done > /large; echo written: $?\r")
        terminal.wait_to_read(r"\nwritten: 0\s")
        terminal.type("echo out: $(awk '/vdb1/ { print $4 }' /proc/swaps)\r")
        swapped = int(terminal.wait_to_read(r"\nout: (\d+)\s")[1]) >> 10
        terminal.type("busybox sha256sum /large\r")
        read_back = terminal.wait_to_read(r"\n([0-9a-f]{64})  /large")[1]
    assert swapped > (WRITTEN_MIB - LEFT_MIB) // 2
    assert read_back == sha256(busybox * copies).hexdigest()
    assert digest(disk) == before
