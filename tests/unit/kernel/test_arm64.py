"""arm64 kernels: their header, and the banner that names their release."""

import pytest

from tests.support.kernels import arm64_image, bzimage
from wyrcan_tui.kernel.arm64 import arm64_release, is_arm64_image


def test_image_is_known_and_its_banner_tells_the_release() -> None:
    assert is_arm64_image(arm64_image())
    assert arm64_release(arm64_image("6.12.117+deb13-arm64")) == "6.12.117+deb13-arm64"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"Linux version %s (%s)",
        b"needs Linux version 6.1 or newer",
        b"Linux version 6.1",
        b"Linux version " + b"6" * 65 + b" (builder)",
    ],
)
def test_what_only_looks_like_a_banner_tells_nothing(text: bytes) -> None:
    assert arm64_release(arm64_image() + text) == ""
    assert arm64_release(arm64_image() + text + b"\0" + arm64_image("6.1.0")) == "6.1.0"


@pytest.mark.parametrize("data", [b"", bytes(0x38) + b"ARM", bzimage(), b"ARM\x64"])
def test_anything_else_is_no_image(data: bytes) -> None:
    assert not is_arm64_image(data)
