"""A registry whose names are no English, and a machine that was told of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.bootable import RELEASE, bootable_image
from tests.support.image import File, Image, Layer
from tests.support.registry import Registry
from tests.support.rig import Rig

BOOTABLE = bootable_image("q")
PLAIN = Image([Layer([File("q")])])
_ADDRESS = "fd00::7"
_DIGESTS = [digest for image in (BOOTABLE, PLAIN) for digest in (image.digest, image.digest[7:19])]
OF_THEM = (*_DIGESTS, "linux/amd64", "/boot/wyrcan.kernel", RELEASE, _ADDRESS)
"""What the images and the machine say of themselves."""


@contextmanager
def registry_without_english(folder: Path) -> Iterator[Registry]:
    """Have a registry with ``q/q``, which boots, in two tags, and ``q/qq``, which does not."""
    with Registry(folder) as registry:
        for tag in ("q", "qq"):
            registry.push_image("q/q", tag, BOOTABLE)
        registry.push_image("q/qq", "q", PLAIN)
        yield registry


def connected_machine(root: Path, registry: Registry) -> Rig:
    """Return a machine with a network interface and an address that was told of the registry."""
    rig = Rig(root, cmdline=f"wyr.registry={registry.url}")
    rig.plug("q0")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text(f"fd{7:030x} 02 40 00 80 q0\n")
    return rig
