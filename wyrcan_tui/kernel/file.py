"""Kernel files: what they are, and the kernel inside, in the form in which the running kernel takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.arm64 import arm64_release, is_arm64_image
from wyrcan_tui.kernel.bzimage import bzimage_architecture, bzimage_release, is_bzimage
from wyrcan_tui.kernel.payload import GZIP_MAGIC, decompress
from wyrcan_tui.kernel.uki import parse_uki
from wyrcan_tui.kernel.zboot import unwrap_zboot
from wyrcan_tui.texts import _

_DEEPEST: Final = 4
"""Formats inside formats that are looked into: a UKI of a zboot image has three."""


@dataclass(frozen=True, slots=True)
class KernelFile:
    """A kernel that ``kexec_file_load`` takes: an x86 bzImage or an arm64 Image.

    Attributes:
        data: the kernel itself, without anything that was around it.
        architecture: in OCI's words.
        release: what ``uname -r`` will say; empty where the file does not tell.
    """

    data: bytes = field(repr=False)
    architecture: str
    release: str = ""


def parse_kernel(data: bytes, largest: int) -> KernelFile:
    """Find the kernel in a kernel file: a bzImage or an Image, bare, or as a UKI, as EFI zboot or with gzip.

    Raises:
        WyrcanError: ``kernel-unknown-format`` for anything else, ``kernel-damaged``, ``kernel-not-relocatable``,
            ``kernel-compression-unknown``, and ``kernel-too-large`` above `largest` bytes.
    """
    uname = ""
    for _depth in range(_DEEPEST):
        # What is wrapped comes first: with their EFI stubs, bare kernels are PE files as well.
        if uki := parse_uki(data):
            data, uname = uki.kernel, uki.release or uname
        elif (unwrapped := unwrap_zboot(data, largest)) is not None:
            data = unwrapped
        elif data.startswith(GZIP_MAGIC):
            data = decompress(data, "gzip", largest)
        elif is_bzimage(data):
            return KernelFile(data, bzimage_architecture(data), bzimage_release(data) or uname)
        elif is_arm64_image(data):
            return KernelFile(data, "arm64", arm64_release(data) or uname)
        else:
            break
    raise WyrcanError(
        "kernel-unknown-format",
        _("The image's kernel is in a format that cannot be started from here."),
        hint=_(
            "The image needs a bzImage (x86) or an Image (arm64) as its kernel, bare or in a UKI, zboot or gzip file."
        ),
        starts_with=data[:8].hex(" "),
    )
