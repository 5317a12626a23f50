"""Booting an image: fetch, pack, load, jump."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows.memory import Footprint, largest_initrd, largest_root
from wyrcan_tui.flows.network_handover import Handover
from wyrcan_tui.flows.source import from_sound_places, open_source, pinned
from wyrcan_tui.image.engine import Bootable, build
from wyrcan_tui.image.resolve import Image, resolve
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.progress import CancelledError, Meter, Stage
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _

if TYPE_CHECKING:
    from wyrcan_tui.flows.adapters import Adapters

_NETWORK_PATIENCE: Final = 60.0
"""Seconds to wait for an address; slow switches take half of it until they pass anything on."""
_POLL: Final = 0.25
_LOADER: Final = "wyr.loader"
"""The label that our own image has (iso/oci.sh)."""
_FAREWELL: Final = 1.5
"""Seconds between the last word and the jump, for every console to show it and to give its terminal back."""


class Kexec(Protocol):
    """What can start the next kernel (see `host.kexec.Kexec`)."""

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Hand it over."""

    def unload(self) -> None:
        """Take it back."""

    def execute(self) -> None:
        """Jump into it."""


class Network(Protocol):
    """What can tell whether there is a network (see `host.networkd.Networkd`)."""

    @property
    def online(self) -> bool:
        """Whether there is."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to boot, and how.

    Attributes:
        reference: the image.
        arguments: words for its kernel.
        site: how its registry is reached.
        chain: the images of Wyrcan itself that have led to here, each by the start of its digest.
        handover: what it gets to know of the network.
    """

    reference: Reference
    arguments: tuple[str, ...] = ()
    site: Site = field(default_factory=Site)
    chain: tuple[str, ...] = ()
    handover: Handover = field(default_factory=Handover)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image, ready to be started: open files of its kernel and initrd, and the kernel's command line.

    `lacks_network` tells that the command line had no room for what the image should get to know of the network.
    """

    kernel: int
    initrd: int
    cmdline: str
    image: Image
    bootable: Bootable
    lacks_network: bool


@contextmanager
def prepared(order: Order, platform: Platform, meter: Meter, *, memory: int = 0) -> Iterator[Prepared]:
    """Fetch an image and make a kernel and an initrd of it, both in memory until the ``with`` block ends.

    Where `memory` (bytes of the machine) is given, an image that cannot start in it is refused, and the next kernel is
    told to make room for a large root.

    Raises:
        WyrcanError: what went wrong on the way; nothing was started.
        CancelledError: where somebody asked to stop.
    """
    meter.enter(Stage.RESOLVE, _("Looking for {reference}.").format(reference=order.reference))
    source = open_source(order.reference, order.site, meter)
    image = from_sound_places(source, partial(resolve, source, platform, pinned(order.reference)))
    chain = _chain(order, image)
    kernel, initrd = os.memfd_create("kernel"), os.memfd_create("initrd")
    try:
        pack = partial(
            packed, source, image, initrd, meter, memory=memory, root=largest_root(memory), network=order.handover.files
        )
        bootable, footprint = from_sound_places(source, pack)
        footprint.require(memory)
        with open(kernel, "wb", closefd=False) as file:
            file.write(bootable.kernel)
        arguments = [*own_words(bootable, memory), *order.arguments, *chain]
        cmdline, lacks_network = order.handover.line(arguments, taken=bootable.takes_network)
        yield Prepared(kernel, initrd, cmdline, image, bootable, lacks_network)
    finally:
        os.close(kernel)
        os.close(initrd)


def own_words(bootable: Bootable, memory: int) -> tuple[str, ...]:
    """Return the arguments that an image's kernel gets on a machine of `memory` bytes before any of the user's."""
    return (*bootable.arguments, *Footprint(0, bootable.unpacked).words(memory))


def packed(
    source: BlobSource,
    image: Image,
    initrd: int,
    meter: Meter,
    *,
    memory: int,
    root: int = sys.maxsize,
    network: Mapping[bytes, bytes] | None = None,
) -> tuple[Bootable, Footprint]:
    """Write an image's initrd into an open file, and return the rest of what boot needs, and what it takes.

    What an earlier try left in the file is lost.

    `network` are files that it gets where it runs networkd.

    Raises:
        WyrcanError: where the image cannot be read or is not bootable; ``initrd-too-large`` where its initrd is too
            large for `memory` bytes (0: not known) however it goes on; ``root-too-large`` where it unpacks to more than
            `root` bytes, without which it is read to its end, a check tells what it needs; or to more than any may.
        CancelledError: where somebody asked to stop.
    """
    os.ftruncate(initrd, 0)
    bootable = build(
        source, image, initrd, meter, largest=largest_initrd(memory), largest_root=root, network=network or {}
    )
    return bootable, Footprint(os.fstat(initrd).st_size, bootable.unpacked)


def boot(order: Order, platform: Platform, kexec: Kexec, network: Network, meter: Meter, *, memory: int) -> None:
    """Boot an image. Where it works on a real machine, this does not return.

    Raises:
        WyrcanError: what went wrong; the machine is as it was before.
        CancelledError: where somebody asked to stop.
    """
    if isinstance(order.reference, RegistryReference):
        _wait_for(network, meter)
    with prepared(order, platform, meter, memory=memory) as ready:
        notes = [_("Handing the kernel and its root over.")]
        if ready.lacks_network:
            notes.append(_("Its command line has no room for the network's settings."))
        losses = [printable(loss.sentence) for loss in ready.bootable.losses]
        for loss in losses[1:]:
            meter.enter(Stage.LOAD, loss)
        # What stays to be read while the kernel is loaded; of the losses, the one that matters most.
        meter.enter(Stage.LOAD, " ".join(notes + losses[:1]))
        kexec.load(ready.kernel, ready.initrd, ready.cmdline)
    try:
        meter.enter(Stage.START, _("The system is starting; the screen may stay still for a moment."))
        meter.pause(_FAREWELL)
    except CancelledError:
        kexec.unload()
        raise
    kexec.execute()


def carry_out(order: Order, adapters: Adapters, meter: Meter) -> None:
    """Boot what was ordered on the machine that the adapters are of (see `boot`)."""
    machine = adapters.machine
    boot(order, machine.platform, adapters.kexec, adapters.networkd, meter, memory=machine.memory)


def _chain(order: Order, image: Image) -> list[str]:
    """Return the words by which another Wyrcan knows what has led to it; for any other image there are none."""
    if _LOADER not in image.config.labels:
        return []
    if image.digest.short in order.chain:
        raise WyrcanError(
            "chain-circular",
            _("{reference} is the Wyrcan that runs here: booting it would lead to here again, and again.").format(
                reference=order.reference
            ),
            hint=_("Choose another image, or give it one to go on with: {words}.").format(
                words="wyr.arg=wyr.img=REFERENCE"
            ),
        )
    return [f"wyr.chain={digest}" for digest in (*order.chain, image.digest.short)]


def _wait_for(network: Network, meter: Meter) -> None:
    if network.online:
        return
    meter.enter(Stage.NETWORK, _("Waiting for the network."))
    for _try in range(int(_NETWORK_PATIENCE / _POLL)):
        meter.pause(_POLL)
        if network.online:
            return
    raise WyrcanError(
        "network-offline",
        _("No network interface got an address within {seconds} seconds.").format(seconds=f"{_NETWORK_PATIENCE:.0f}"),
        hint=_("Check the cable and the DHCP server, or give a static address with {words} words.").format(
            words="wyr.net.*"
        ),
    )
