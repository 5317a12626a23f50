"""What a kernel's configuration file (``/boot/config-VERSION``) says it can unpack."""

from __future__ import annotations

from enum import StrEnum


class Compression(StrEnum):
    """How an initrd is compressed."""

    ZSTD = "zstd"
    LZ4 = "lz4"
    NONE = "none"


def initrd_compression(config: bytes) -> Compression:
    """Return the best compression that the kernel with this configuration file unpacks (its usr/Kconfig).

    Gzip is none: it takes the kernel several times as long.
    """
    lines = config.splitlines()
    if b"CONFIG_RD_ZSTD=y" in lines:
        return Compression.ZSTD
    return Compression.LZ4 if b"CONFIG_RD_LZ4=y" in lines else Compression.NONE
