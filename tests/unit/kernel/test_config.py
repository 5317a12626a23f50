"""What a kernel's configuration says that it can unpack."""

import pytest

from wyrcan_tui.kernel.config import Compression, initrd_compression


@pytest.mark.parametrize(
    ("line", "compression"),
    [
        (b"CONFIG_RD_ZSTD=y", Compression.ZSTD),
        (b"CONFIG_RD_LZ4=y\nCONFIG_RD_ZSTD=y", Compression.ZSTD),
        (b"CONFIG_RD_GZIP=y\nCONFIG_RD_LZ4=y", Compression.LZ4),
        (b"# CONFIG_RD_ZSTD is not set", Compression.NONE),
        (b"CONFIG_RD_GZIP=y", Compression.NONE),
        (b'CONFIG_RD_ZSTD="y"\nMY_CONFIG_RD_LZ4=y', Compression.NONE),
        (b"CONFIG_RD_LZ4=y\r\nCONFIG_A=m", Compression.LZ4),
        (b"", Compression.NONE),
    ],
)
def test_initrd_is_compressed_only_where_the_kernel_can_unpack_it(line: bytes, compression: Compression) -> None:
    assert initrd_compression(b"CONFIG_BLK_DEV_INITRD=y\n" + line + b"\n\xff") is compression
