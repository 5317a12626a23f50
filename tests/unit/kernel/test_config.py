"""What a kernel's configuration says that it can unpack."""

import pytest

from wyrcan_tui.kernel.config import Compression, KernelConfig


def test_options_are_those_that_are_set() -> None:
    config = KernelConfig.parse(
        b'#\n# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=m\nCONFIG_D="y"\nCONFIG_E=3\nF=y\n\xff'
    )
    assert config.options == {"B", "C"}


@pytest.mark.parametrize(
    ("line", "compression"),
    [
        (b"CONFIG_RD_ZSTD=y", Compression.ZSTD),
        (b"CONFIG_RD_LZ4=y\nCONFIG_RD_ZSTD=y", Compression.ZSTD),
        (b"CONFIG_RD_GZIP=y\nCONFIG_RD_LZ4=y", Compression.LZ4),
        (b"# CONFIG_RD_ZSTD is not set", Compression.NONE),
        (b"CONFIG_RD_GZIP=y", Compression.NONE),
        (b"", Compression.NONE),
    ],
)
def test_initrd_is_compressed_only_where_the_kernel_can_unpack_it(line: bytes, compression: Compression) -> None:
    assert KernelConfig.parse(b"CONFIG_BLK_DEV_INITRD=y\n" + line + b"\n").initrd_compression is compression
