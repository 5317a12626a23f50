"""How much memory a machine must have for an image: the rule that a boot goes by, and that a check tells."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import ceil
from typing import Final, Self

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

_ROOTFS_SHARE: Final = 0.45
"""How much of the memory the next kernel's root may take with its usual limit of a half, with some air."""
_COPIES: Final = 3
"""How often an initrd is in memory while it is loaded: our file, the kernel's buffer (``kernel_read_file_from_fd``),
and the pages that it is started from (``kimage_load_segment``). So kexec's own limit, half of the memory, is kept.
"""
_OWN: Final = 400 * 10**6
"""Bytes that our own system takes meanwhile: 200 MB are the files of its root (measured), the rest its processes."""
_LARGEST_INITRD: Final = 4 << 30
"""Bytes of the largest initrd that kexec takes on any machine (``KEXEC_FILE_SIZE_MAX`` of the kernel)."""
_PEAK_SHARE: Final = 0.95
"""How much of the memory initrd and root may take together, as they do while the next kernel unpacks."""
_UNPACKED: Final = 2.7
"""How much a compressed layer grows when it is unpacked: 1.7 to 2.7 times with Debian's images (bench/RESULTS.md), of
which the higher is taken. An initrd has about the size of the compressed layers.
"""
_LARGER_ROOTFS: Final = "initramfs_options=size=90%"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What an image takes of a machine's memory: bytes of its initrd, and of its root once it is unpacked."""

    initrd: int
    unpacked: int

    @classmethod
    def estimated(cls, image: Image) -> Self:
        """Return what an image will take as far as its manifest tells: nothing of it is downloaded for that."""
        compressed = sum(layer.size for layer in image.manifest.layers if layer.is_compressed)
        plain = image.size - compressed
        return cls(int(compressed + plain / _UNPACKED), int(compressed * _UNPACKED + plain))

    @property
    def needed(self) -> int:
        """Bytes of memory that a machine must have at least, as Linux counts them (``MemTotal`` of proc_meminfo(5)).

        It must do for both tight moments: while this kernel loads the initrd, and while the next one unpacks it.
        """
        return max(_COPIES * self.initrd + _OWN, ceil((self.initrd + self.unpacked) / _PEAK_SHARE))

    def require(self, memory: int) -> None:
        """Refuse a machine of `memory` bytes where that is too little; 0 is a machine that is not known.

        Raises:
            WyrcanError: ``memory-too-small``.
        """
        if 0 < memory < self.needed:
            raise WyrcanError(
                "memory-too-small",
                _("The image needs {needed} of memory to start; this machine has {memory}.").format(
                    needed=size_text(self.needed), memory=size_text(memory)
                ),
                hint=_("Use a smaller image or a machine with more memory."),
            )

    def words(self, memory: int) -> tuple[str, ...]:
        """Return what the next kernel must be told so that the root has room in `memory` bytes (0: not known)."""
        return (_LARGER_ROOTFS,) if 0 < memory * _ROOTFS_SHARE < self.unpacked else ()


def require_room(image: Image, memory: int) -> None:
    """Refuse, before anything is downloaded, an image that a machine of `memory` bytes (0: not known) cannot hold.

    Raises:
        WyrcanError: ``memory-too-small``.
    """
    if image.size > largest_root(memory):
        raise WyrcanError(
            "memory-too-small",
            _(
                "The image has {size} while it is still packed; this machine has {memory} of memory to unpack it in."
            ).format(size=size_text(image.size), memory=size_text(memory)),
            hint=_("Use a smaller image or a machine with more memory."),
        )


def largest_initrd(memory: int) -> int:
    """Return the bytes that an initrd may have on a machine of `memory` bytes (0: not known)."""
    return min(_LARGEST_INITRD, max(0, memory - _OWN) // _COPIES) if memory else _LARGEST_INITRD


def largest_root(memory: int) -> int:
    """Return the bytes that a root may have on a machine of `memory` bytes (0: not known), however small its initrd."""
    return int(memory * _PEAK_SHARE) if memory else sys.maxsize
