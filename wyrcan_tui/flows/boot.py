"""Booting an image: fetch, pack, load, jump."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.source import open_source, pinned
from wyrcan_tui.image.engine import Bootable, build
from wyrcan_tui.image.resolve import Image, resolve
from wyrcan_tui.kernel.cmdline import join
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.progress import Meter, Stage, size_text

_NETWORK_PATIENCE: Final = 60.0
"""Seconds to wait for an address; slow switches take half of it until they pass anything on."""
_POLL: Final = 0.25
_FAREWELL: Final = 1.5
"""Seconds between the last word and the jump, for every console to show it and to give its terminal back."""
_ROOTFS_SHARE: Final = 0.45
"""How much of the memory the next kernel's root may take with its usual limit of a half, with some air."""
_INITRD_SHARE: Final = 0.5
"""How much of the memory an initrd may take; kexec takes no more (``sanity_check_segment_list`` of the kernel)."""
_LARGEST_INITRD: Final = 4 << 30
"""Bytes of the largest initrd that kexec takes (``KEXEC_FILE_SIZE_MAX``, kernel/kexec_file.c)."""
_PEAK_SHARE: Final = 0.95
"""How much of the memory initrd and root may take together, as they do while the next kernel unpacks."""
_LARGER_ROOTFS: Final = "initramfs_options=size=90%"


class Kexec(Protocol):
    """What can start the next kernel (see `host.kexec.Kexec`)."""

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Hand it over."""

    def execute(self) -> None:
        """Jump into it."""


class Network(Protocol):
    """What can tell whether there is a network (see `host.networkd.Networkd`)."""

    @property
    def online(self) -> bool:
        """Whether there is."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to boot: the reference, words for its kernel, and the registries that say how it is reached."""

    reference: Reference
    arguments: tuple[str, ...] = ()
    registries: tuple[RegistryAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image, ready to be started: open files of its kernel and initrd, and the kernel's command line."""

    kernel: int
    initrd: int
    cmdline: str
    image: Image
    bootable: Bootable


@contextmanager
def prepared(order: Order, platform: Platform, meter: Meter, *, memory: int = 0) -> Iterator[Prepared]:
    """Fetch an image and make a kernel and an initrd of it, both in memory until the ``with`` block ends.

    Where `memory` (bytes of the machine) is given, an image that cannot start in it is refused, and the next kernel is
    told to make room for a large root.

    Raises:
        WyrcanError: what went wrong on the way; nothing was started.
        CancelledError: where somebody asked to stop.
    """
    meter.enter(Stage.RESOLVE, f"Looking for {order.reference}.")
    source = open_source(order.reference, order.registries, meter)
    image = resolve(source, platform, pinned(order.reference))
    kernel, initrd = os.memfd_create("kernel"), os.memfd_create("initrd")
    try:
        largest = min(_LARGEST_INITRD, int(memory * _INITRD_SHARE)) if memory else _LARGEST_INITRD
        bootable = build(source, image, initrd, meter, largest=largest)
        needed = bootable.unpacked + os.fstat(initrd).st_size
        if memory and needed > memory * _PEAK_SHARE:
            raise WyrcanError(
                "memory-too-small",
                f"The image needs {size_text(needed)} of memory to start, and this machine has {size_text(memory)}.",
                hint="Use a smaller image or a machine with more memory.",
            )
        with open(kernel, "wb", closefd=False) as file:
            file.write(bootable.kernel)
        arguments = list(bootable.arguments)
        if memory and bootable.unpacked > memory * _ROOTFS_SHARE:
            arguments.append(_LARGER_ROOTFS)
        yield Prepared(kernel, initrd, join([*arguments, *order.arguments]), image, bootable)
    finally:
        os.close(kernel)
        os.close(initrd)


def boot(order: Order, platform: Platform, kexec: Kexec, network: Network, meter: Meter, *, memory: int) -> None:
    """Boot an image. Where it works on a real machine, this does not return.

    Raises:
        WyrcanError: what went wrong; the machine is as it was before.
        CancelledError: where somebody asked to stop.
    """
    if isinstance(order.reference, RegistryReference):
        _wait_for(network, meter)
    with prepared(order, platform, meter, memory=memory) as ready:
        meter.enter(Stage.LOAD, "Handing the kernel and its root over.")
        kexec.load(ready.kernel, ready.initrd, ready.cmdline)
    meter.enter(Stage.START, "The system is starting; the screen may stay still for a moment.")
    meter.pause(_FAREWELL)
    kexec.execute()


def _wait_for(network: Network, meter: Meter) -> None:
    if network.online:
        return
    meter.enter(Stage.NETWORK, "Waiting for the network.")
    for _ in range(int(_NETWORK_PATIENCE / _POLL)):
        meter.pause(_POLL)
        if network.online:
            return
    raise WyrcanError(
        "network-offline",
        f"No network interface got an address within {_NETWORK_PATIENCE:.0f} seconds.",
        hint="Check the cable and the DHCP server, or give a static address with wyr.net.* words.",
    )
