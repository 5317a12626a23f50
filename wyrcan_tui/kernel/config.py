"""What a kernel's configuration file (``/boot/config-VERSION``) says it can unpack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Compression(StrEnum):
    """How an initrd is compressed."""

    ZSTD = "zstd"
    LZ4 = "lz4"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class KernelConfig:
    """The options that a kernel was built with, without their ``CONFIG_`` prefix; those not set are left out."""

    options: frozenset[str]

    @classmethod
    def parse(cls, data: bytes) -> KernelConfig:
        """Read a configuration file; lines that are no settings are passed over."""
        lines = data.decode("ascii", errors="replace").splitlines()
        return cls(
            frozenset(
                line.partition("=")[0].removeprefix("CONFIG_")
                for line in lines
                if line.startswith("CONFIG_") and line.endswith(("=y", "=m"))
            )
        )

    @property
    def initrd_compression(self) -> Compression:
        """The best compression that this kernel unpacks; gzip is none: it takes the kernel several times as long."""
        if "RD_ZSTD" in self.options:
            return Compression.ZSTD
        return Compression.LZ4 if "RD_LZ4" in self.options else Compression.NONE
