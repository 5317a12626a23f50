"""Kernel files: what their headers tell."""

import pytest

from tests.support.kernels import arm64_image, bzimage
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.bzimage import KernelFile, parse_kernel


def test_bzimage_tells_its_release() -> None:
    assert parse_kernel(bzimage("6.12.41+deb13-amd64")) == KernelFile("amd64", "6.12.41+deb13-amd64")


def test_bzimage_without_a_version_has_no_release() -> None:
    kernel = bytearray(bzimage())
    kernel[0x20E:0x210] = b"\0\0"
    assert parse_kernel(bytes(kernel)) == KernelFile("amd64")


def test_bzimage_whose_version_lies_outside_has_no_release() -> None:
    kernel = bytearray(bzimage())
    kernel[0x20E:0x210] = b"\xff\xff"
    assert parse_kernel(bytes(kernel)) == KernelFile("amd64")


def test_arm64_image_is_known() -> None:
    assert parse_kernel(arm64_image()) == KernelFile("arm64")


@pytest.mark.parametrize("data", [b"", b"\x7fELF" + bytes(2000), b"MZ" + bytes(2000), b"\x1f\x8b\x08" + bytes(2000)])
def test_anything_else_is_refused_with_its_first_bytes(data: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_kernel(data)
    assert raised.value.code == "kernel-unknown-format"
    assert raised.value.context["starts_with"] == data[:8].hex(" ")
