"""What can be told of an image before any of its layers is downloaded: its manifest and its configuration only."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.browse import Inspection
from wyrcan_tui.flows.memory import Footprint, require_room
from wyrcan_tui.flows.source import says_nothing
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _

_DESCRIPTION: Final = "org.opencontainers.image.description"
_LONGEST: Final = 300
"""Characters of a description; some are whole pages."""
_SAYS_BOOTABLE: Final = ("containers.bootc", "ostree.bootable")
"""Labels of images that are made to be booted (bootc, "bootc compatible images"; ostree-rs-ext)."""
_KERNEL_RELEASE: Final = "ostree.linux"
"""The label that the tools of ostree write the kernel's version into."""
_KERNEL_STEP: Final = re.compile(
    r"wyrcan\.kernel|vmlinuz|\blinux-(?:image|generic|virtual|lts|virt)\b|\bkernel-(?:core|default)\b"
    r"|install\b.*\skernel(?![-\w])"
)
"""What a build step says that puts a kernel into an image: its file, or the package that distributions have it in."""
_MOST: Final = 500
"""Images that are kept in mind; each takes some ten thousand bytes."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """An image, as its publisher describes it.

    Attributes:
        image: the image for this machine.
        footprint: what it will take of the memory, estimated.
        memory: bytes of memory that the machine has (0: not known).
        refusal: why it cannot be booted here, where that is certain already; None where it is not.
    """

    image: Image
    footprint: Footprint
    memory: int
    refusal: WyrcanError | None

    @property
    def description(self) -> str:
        """What the publisher says about it, in one line; may be empty."""
        image = self.image
        said = image.manifest.annotations.get(_DESCRIPTION) or image.config.labels.get(_DESCRIPTION, "")
        line = " ".join(said.split())
        return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."

    @property
    def release(self) -> str:
        """The version of its kernel, where a label tells; may be empty."""
        return self.image.config.labels.get(_KERNEL_RELEASE, "")

    @property
    def promise(self) -> str:
        """What promises that it boots: a label, or a build step; empty where nothing does, which many fine images have.

        It is no more than a promise: only the layers hold a kernel.
        """
        config = self.image.config
        if label := next((name for name in _SAYS_BOOTABLE if config.labels.get(name)), None):
            return _("its label {label} says so").format(label=label)
        if found := next((match for step in config.steps if (match := _KERNEL_STEP.search(step))), None):
            return _("a step that built it names {file}").format(file=found.group().split()[-1])
        return ""


def forecast(image: Image, memory: int) -> Forecast:
    """Return what is to be expected of an image on a machine of `memory` bytes (0: not known)."""
    refusal = None
    try:
        require_room(image, memory)
    except WyrcanError as error:
        refusal = error
    return Forecast(image, Footprint.estimated(image), memory, refusal)


class Forecasts:
    """The forecasts of one session: each image is asked for once. May be used by several threads at once."""

    def __init__(self) -> None:
        self._known: OrderedDict[Reference, Forecast | WyrcanError] = OrderedDict()
        self._changing = threading.Lock()

    def known(self, reference: Reference) -> Forecast | WyrcanError | None:
        """Return what is known of an image: None where it was not asked for yet."""
        return self._known.get(reference)

    def ask(
        self, reference: Reference, site: Site, platform: Platform, meter: Meter, *, memory: int
    ) -> Forecast | WyrcanError:
        """Return what manifest and configuration tell, or why they tell nothing that this machine could boot.

        What says something about the image is kept; what went wrong on the way to it is asked for anew the next time.

        Raises:
            CancelledError: where somebody asked to stop.
        """
        if found := self.known(reference):
            return found
        try:
            found = forecast(Inspection(reference, site, platform, meter).resolve(), memory)
        except WyrcanError as error:
            if says_nothing(error):
                return error
            found = error
        with self._changing:
            self._known[reference] = found
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found
