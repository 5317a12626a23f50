"""EFI zboot images: the payload is where the header says, or the file is damaged."""

import gzip
import struct

import pytest

from tests.support.kernels import arm64_image, bzimage, uki, zboot
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.zboot import unwrap_zboot

LARGEST = 1 << 20
IMAGE = zboot("gzip", gzip.compress(b"kernel", mtime=0))


def test_payload_is_unwrapped() -> None:
    assert unwrap_zboot(IMAGE, LARGEST) == b"kernel"


def test_payload_is_as_long_as_the_header_says() -> None:
    assert unwrap_zboot(IMAGE[: -len(b"size")], LARGEST) == b"kernel"
    with pytest.raises(WyrcanError) as raised:
        unwrap_zboot(IMAGE[: -len(b"size") - 1], LARGEST)
    assert raised.value.code == "kernel-damaged"


@pytest.mark.parametrize("field", [8, 12])
def test_header_that_points_out_of_the_file_is_not_followed(field: int) -> None:
    lying = bytearray(IMAGE)
    struct.pack_into("<I", lying, field, 0xFFFFFFFF)
    with pytest.raises(WyrcanError) as raised:
        unwrap_zboot(bytes(lying), LARGEST)
    assert raised.value.code == "kernel-damaged"


@pytest.mark.parametrize("data", [b"", b"MZ\0\0zimg", bzimage(), arm64_image(), uki([(".linux", b"kernel")])])
def test_anything_else_is_no_zboot_image(data: bytes) -> None:
    assert unwrap_zboot(data, LARGEST) is None
