"""A root as distributions lay it out, made of the tiny image's parts, is booted as soon as it is there."""

from collections.abc import Callable
from pathlib import Path

from tests.support.image import Dir, File, Image, Layer, Member, Symlink
from tests.support.machine import Kernel, Machine
from tests.support.registry import Registry
from tests.support.tiny import kernel_release, static_busybox
from tests.vm.conftest import BUILD, seen

COMMANDS = ["cat", "init", "ls", "mount", "readlink", "sh", "sleep", "uname"]
INITTAB = """\
::sysinit:/bin/mount -t proc proc /proc
::sysinit:/bin/mount -t devtmpfs dev /dev
ttyS0::respawn:/etc/told
"""
TOLD = """\
#!/bin/sh
echo "LAYOUT init=[$(readlink /init)] process=[$(cat /proc/1/comm)] uname=[$(uname -r)] cmdline=[$(cat /proc/cmdline)]"
while sleep 3600; do :; done
"""


def merged_image(kernel: Path, busybox: Path) -> Image:
    """The layout of Arch and Fedora, with the init of Alpine: busybox that reads an ``/etc/inittab``.

    The kernel is beside its modules only, ``/bin`` and ``/sbin`` are links, and there is no ``/init``.
    """
    modules = f"usr/lib/modules/{kernel_release(kernel.read_bytes())}"
    members: list[Member] = [
        *map(Dir, ["dev", "etc", "proc", "sys", "usr", "usr/bin", "usr/lib", "usr/lib/modules", modules]),
        Symlink("bin", "usr/bin"),
        Symlink("sbin", "usr/sbin"),
        Symlink("usr/sbin", "bin"),
        Symlink("lib", "usr/lib"),
        File("usr/bin/busybox", busybox.read_bytes(), mode=0o755),
        *(Symlink(f"usr/bin/{command}", "busybox") for command in COMMANDS),
        File(f"{modules}/vmlinuz", kernel.read_bytes()),
        File(f"{modules}/config", b"CONFIG_RD_ZSTD=y\n"),
        File("etc/inittab", INITTAB.encode()),
        File("etc/told", TOLD.encode(), mode=0o755),
    ]
    return Image([Layer(members)])


def test_tag_that_is_missing_is_named_and_its_kernel_among_the_modules_and_init_behind_links_booted_once_there(
    registry: Registry, computer: Callable[..., Machine], kernel: Path, initrd: Path
) -> None:
    image = merged_image(kernel, static_busybox(BUILD / "tests"))
    registry.push_image("demo/merged", "old", image)
    words = (
        f"quiet wyr.registry=http://{seen(registry)} wyr.img={seen(registry)}/demo/merged:new "
        'wyr.arg="merged.extra=yes merged.more" wyr.arg=merged.last'
    )
    with computer(firmware="bios", medium=Kernel(kernel, words, initrd)) as machine:
        machine.terminal.wait_for("The last try failed", "new", "old", "Trying again", "Press any key")
        registry.push_image("demo/merged", "new", image)
        booted = machine.terminal.wait_to_read(
            r"LAYOUT init=\[(.*)\] process=\[(.*)\] uname=\[(.*)\] cmdline=\[(.*)\]", seconds=120
        )
        release = kernel_release(kernel.read_bytes())
        assert booted.groups() == ("sbin/init", "init", release, "merged.extra=yes merged.more merged.last")
