"""Telling an image's author whether it boots on this machine and with what: a boot up to the point of no return."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order, own_words, packed
from wyrcan_tui.flows.memory import Footprint
from wyrcan_tui.flows.source import from_sound_places, open_source, pinned, says_nothing
from wyrcan_tui.image.engine import Bootable
from wyrcan_tui.image.resolve import Image, resolve
from wyrcan_tui.kernel.cmdline import join
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.progress import Meter, Stage
from wyrcan_tui.texts import _


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about an image, as far as it went: where it does not boot, the rest may be None.

    Attributes:
        refusal: why it does not boot here; None where it does.
        image: the image for this machine.
        bootable: what it boots with.
        footprint: what it takes of the memory.
        cmdline: what its kernel is started with.
    """

    refusal: WyrcanError | None
    image: Image | None
    bootable: Bootable | None
    footprint: Footprint | None
    cmdline: str | None


def check(order: Order, platform: Platform, meter: Meter, *, memory: int) -> Finding:
    """Find out whether an image boots on a machine of this platform and of `memory` bytes (0: not known).

    Every layer is read once, as for a boot, and none where the manifest says no already.

    Raises:
        WyrcanError: where the image could not be looked at, which says nothing about it.
        CancelledError: where somebody asked to stop.
    """
    meter.enter(Stage.RESOLVE, _("Looking for {reference}.").format(reference=order.reference))
    source = open_source(order.reference, order.site, meter)
    image = bootable = footprint = cmdline = refusal = None
    initrd = os.memfd_create("initrd")
    try:
        image = from_sound_places(source, partial(resolve, source, platform, pinned(order.reference)))
        bootable, footprint = from_sound_places(source, partial(packed, source, image, initrd, meter, memory=memory))
        cmdline = join([*own_words(bootable, memory), *order.arguments])
        footprint.require(memory)
    except WyrcanError as error:
        if says_nothing(error):
            raise
        refusal = error
    finally:
        os.close(initrd)
    return Finding(refusal, image, bootable, footprint, cmdline)
