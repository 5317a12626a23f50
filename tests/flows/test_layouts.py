"""Images with their kernel and their init where distributions have them are booted as they are."""

import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.bootable import RELEASE, kernel_file
from tests.support.image import Dir, File, Image, Layer, Member, Symlink
from tests.support.kernels import bzimage, uki
from tests.support.rig import Booted, Rig
from tests.support.tree import Node
from tests.support.unpacker import unpack
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser

CONFIG = b"CONFIG_RD_GZIP=y\nCONFIG_RD_ZSTD=y\n"
SYSTEMD = File("usr/lib/systemd/systemd", b"\x7fELF systemd", mode=0o755)
OLD = bzimage("6.11.9-test")
MODULES = f"usr/lib/modules/{RELEASE}"

LAYOUTS: dict[str, Sequence[Member]] = {
    # /sbin is a link to usr/sbin, init in it leads to systemd, and a link in /boot may lead nowhere.
    "Debian and Ubuntu": [
        Symlink("sbin", "usr/sbin"),
        SYSTEMD,
        Symlink("usr/sbin/init", "../lib/systemd/systemd"),
        File("boot/vmlinuz-6.11.9-test", OLD),
        File(f"boot/vmlinuz-{RELEASE}", kernel_file()),
        File(f"boot/config-{RELEASE}", CONFIG),
        Symlink("boot/vmlinuz", "vmlinuz-6.10.1-gone"),
        Symlink("vmlinuz", "boot/vmlinuz-6.11.9-test"),
    ],
    # The kernel is beside its modules only, and /usr/sbin is a link as well.
    "Fedora 42 and later": [
        Symlink("sbin", "usr/sbin"),
        Symlink("usr/sbin", "bin"),
        Symlink("lib", "usr/lib"),
        SYSTEMD,
        Symlink("usr/bin/init", "../lib/systemd/systemd"),
        File("usr/lib/modules/6.11.9-test/vmlinuz", OLD),
        File(f"{MODULES}/vmlinuz", kernel_file()),
        File(f"{MODULES}/config", CONFIG),
        File(f"{MODULES}/modules.dep"),
        Dir("boot"),
    ],
    # As before, but /sbin leads there at once, and a kernel whose modules are gone has left its folder.
    "CentOS Stream and bootc": [
        Symlink("sbin", "usr/sbin"),
        SYSTEMD,
        Symlink("usr/sbin/init", "../lib/systemd/systemd"),
        File(f"{MODULES}/vmlinuz", kernel_file()),
        File(f"{MODULES}/config", CONFIG),
        File(f"{MODULES}/initramfs.img", b"not ours"),
        File("usr/lib/modules/7.0.0-gone/modules.dep"),
        File("usr/lib/bootc/kargs.d/10-console.toml", b'kargs = ["mitigations=auto"]'),
    ],
    "Arch": [
        Symlink("sbin", "usr/bin"),
        Symlink("usr/sbin", "bin"),
        SYSTEMD,
        Symlink("usr/bin/init", "../lib/systemd/systemd"),
        File(f"{MODULES}/vmlinuz", kernel_file()),
        File(f"{MODULES}/pkgbase", b"linux\n"),
    ],
    # No version in the kernel's name, and an init that is busybox.
    "Alpine": [
        Dir("sbin"),
        File("bin/busybox", b"\x7fELF busybox", mode=0o755),
        Symlink("sbin/init", "/bin/busybox"),
        File("etc/inittab", b"::sysinit:/sbin/openrc sysinit\n"),
        File("boot/vmlinuz-virt", kernel_file()),
        File(f"boot/config-{RELEASE}", CONFIG),
    ],
    "unified kernel image only": [
        Symlink("sbin", "usr/sbin"),
        SYSTEMD,
        Symlink("usr/sbin/init", "../lib/systemd/systemd"),
        File("boot/EFI/Linux/linux.efi", uki([(".linux", kernel_file()), (".initrd", b"not ours")])),
        Symlink("boot/wyrcan.kernel", "EFI/Linux/linux.efi"),
        File(f"boot/config-{RELEASE}", CONFIG),
    ],
}
UNCOMPRESSED = {"Arch"}
"""Those that keep no configuration of their kernel in a file."""


def booted(tmp_path: Path, members: Sequence[Member]) -> Booted:
    """What the machine starts of an image of these files."""
    layout = Image([Layer(members)]).write_layout(tmp_path / "layout")
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.img=oci:{layout} wyr.arg=ssh.key=ssh-ed25519,AAAA")
    assert run(parser().parse_args(["boot"]), rig.adapters) == 0
    return rig.kexec.booted


def end_of(root: dict[bytes, Node], path: bytes) -> bytes:
    """Where a path leads, all links followed as for a process whose root that is."""
    here: list[bytes] = []
    waiting = path.split(b"/")[::-1]
    while waiting:
        name = waiting.pop()
        if name == b"..":
            here = here[:-1]
        elif name:
            node = root[b"/".join([*here, name])]
            if stat.S_ISLNK(node.mode):
                here = [] if node.content.startswith(b"/") else here
                waiting += node.content.split(b"/")[::-1]
            else:
                here.append(name)
    return b"/".join(here)


@pytest.mark.parametrize("name", LAYOUTS)
def test_newest_kernel_is_started_and_init_leads_to_that_of_the_distribution(tmp_path: Path, name: str) -> None:
    started = booted(tmp_path, LAYOUTS[name])
    assert started.kernel == kernel_file()
    assert started.cmdline.endswith("ssh.key=ssh-ed25519,AAAA")
    assert started.initrd.startswith(b"070701") is (name in UNCOMPRESSED)
    root = unpack(started.initrd)
    assert root[b"init"].content == b"sbin/init"
    assert end_of(root, b"init") in {b"usr/lib/systemd/systemd", b"bin/busybox"}


def test_arguments_of_bootc_are_used(tmp_path: Path) -> None:
    assert booted(tmp_path, LAYOUTS["CentOS Stream and bootc"]).cmdline == "mitigations=auto ssh.key=ssh-ed25519,AAAA"
