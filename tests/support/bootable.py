"""A small image that has all that a boot needs, with a kernel that is nothing but its header."""

from tests.support.image import Dir, File, Image, Layer, Member
from tests.support.kernels import bzimage

RELEASE = "6.12.0-test"
WORDS = "image.first image.second=2"
"""The image's own words for its kernel."""


def kernel_file(release: str = RELEASE) -> bytes:
    """What passes for a bzImage."""
    return bzimage(release)


def bootable_image(name: str = "one", *more: Member) -> Image:
    """An image with a kernel, words for it and an init that holds `name`; `more` stands in a layer on top."""
    system = Layer(
        [
            Dir("boot"),
            File("boot/wyrcan.kernel", kernel_file()),
            File(f"boot/config-{RELEASE}", b"CONFIG_RD_ZSTD=y\n"),
            File("boot/wyrcan.cmdline", WORDS.replace(" ", "\n").encode()),
            File("init", f"#!/bin/sh\necho {name}\n".encode(), mode=0o755),
        ]
    )
    return Image([system, *([Layer(more)] if more else [])])
