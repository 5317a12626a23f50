"""x86 kernels: what their headers tell."""

import pytest

from tests.support.kernels import arm64_image, bzimage
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.bzimage import bzimage_architecture, bzimage_release, is_bzimage


def test_bzimage_tells_its_release_and_architecture() -> None:
    kernel = bzimage("6.12.41+deb13-amd64")
    assert is_bzimage(kernel)
    assert (bzimage_architecture(kernel), bzimage_release(kernel)) == ("amd64", "6.12.41+deb13-amd64")


@pytest.mark.parametrize("pointer", [b"\0\0", b"\xff\xff"])
def test_bzimage_whose_version_is_nowhere_has_no_release(pointer: bytes) -> None:
    kernel = bytearray(bzimage())
    kernel[0x20E:0x210] = pointer
    assert bzimage_release(bytes(kernel)) == ""


@pytest.mark.parametrize("kernel", [bzimage(xloadflags=0), bzimage(xloadflags=2), bzimage(protocol=0x20B)])
def test_kernel_of_32_bits_is_not_for_amd64(kernel: bytes) -> None:
    assert bzimage_architecture(kernel) == "386"


def test_kernel_that_kexec_could_not_place_is_refused() -> None:
    with pytest.raises(WyrcanError) as raised:
        bzimage_architecture(bzimage(xloadflags=1))
    assert raised.value.code == "kernel-not-relocatable"
    assert "CONFIG_RELOCATABLE" in raised.value.hint


@pytest.mark.parametrize("data", [b"", bytes(0x202) + b"Hdr", arm64_image(), bytes(4096)])
def test_anything_else_is_no_bzimage(data: bytes) -> None:
    assert not is_bzimage(data)
