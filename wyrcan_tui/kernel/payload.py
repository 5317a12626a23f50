"""Compressed kernels: gzip (RFC 1952), zstd (RFC 8878), xz and lzma, unpacked up to a limit."""

from __future__ import annotations

import lzma
import zlib
from typing import Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.zstd import ZstdDecompressor, ZstdError
from wyrcan_tui.progress import size_text
from wyrcan_tui.texts import _

GZIP_MAGIC: Final = b"\x1f\x8b"

_GZIP_ONLY: Final = 16 + zlib.MAX_WBITS
_LZMA_MEMORY: Final = 256 << 20
"""Bytes that xz may use: the kernel's build packs with a dictionary of up to 128 MiB (scripts/xz_wrap.sh)."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def decompress(data: bytes, compression: str, largest: int) -> bytes:
    """Return the kernel that is packed in `data`; what follows its end is ignored.

    `compression` is a name as the kernel's build has it: the ``comp-type`` of
    drivers/firmware/efi/libstub/Makefile.zboot.

    Raises:
        WyrcanError: ``kernel-compression-unknown``; ``kernel-damaged`` where it cannot be unpacked;
            ``kernel-too-large`` where more than `largest` bytes would come out.
    """
    decompressor = _decompressor(compression)
    try:
        plain = decompressor.decompress(data, largest + 1)
    except (zlib.error, lzma.LZMAError, ZstdError) as error:
        raise damaged(
            _("its {compression} payload cannot be decompressed ({why})").format(compression=compression, why=error)
        ) from error
    if len(plain) > largest:
        raise WyrcanError(
            "kernel-too-large",
            _("The image's kernel is larger than {size} once it is decompressed.").format(size=size_text(largest)),
            hint=_("That is no kernel: the image was built wrongly."),
        )
    if not decompressor.eof:
        raise damaged(_("its {compression} payload ends too early").format(compression=compression))
    return plain


def damaged(why: str) -> WyrcanError:
    """Return the error for a kernel file that contradicts itself."""
    return WyrcanError(
        "kernel-damaged",
        _("The image's kernel is damaged: {why}.").format(why=why),
        hint=_("The image was built wrongly: build it again."),
    )


def _decompressor(compression: str) -> _Decompressor:
    match compression:
        case "gzip":
            return zlib.decompressobj(_GZIP_ONLY)
        case "zstd" | "zstd22":
            return ZstdDecompressor()
        case "xzkern":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, _LZMA_MEMORY)
        case "lzma":
            return lzma.LZMADecompressor(lzma.FORMAT_ALONE, _LZMA_MEMORY)
    raise WyrcanError(
        "kernel-compression-unknown",
        _("The image's kernel is compressed with {compression}, which Wyrcan cannot unpack.").format(
            compression=repr(compression)
        ),
        hint=_("Use a kernel that is compressed with gzip, zstd, xz or lzma, or not at all."),
    )
