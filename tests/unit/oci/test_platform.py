"""Which image suits which machine."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.platform import Platform

AMD64 = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")


@pytest.mark.parametrize(("machine", "platform"), [("x86_64", AMD64), ("aarch64", ARM64)])
def test_machine_has_the_platform_of_its_architecture(machine: str, platform: Platform) -> None:
    assert Platform.of_machine(machine) == platform


def test_unknown_machine_has_no_platform() -> None:
    with pytest.raises(WyrcanError) as raised:
        Platform.of_machine("m68k")
    assert raised.value.code == "architecture-unknown"


@pytest.mark.parametrize(
    ("image", "machine", "suits"),
    [
        (AMD64, AMD64, True),
        (Platform("linux", "amd64", "v1"), AMD64, True),
        (AMD64, Platform("linux", "amd64", "v1"), True),
        (Platform("linux", "amd64", "v2"), AMD64, False),
        (Platform("linux", "amd64", "v3"), AMD64, False),
        (Platform("linux", "amd64", "v8"), AMD64, False),
        (Platform("linux", "arm64", "v8"), ARM64, True),
        (ARM64, Platform("linux", "arm64", "v8"), True),
        (Platform("linux", "arm64", "8"), ARM64, True),
        (Platform("linux", "arm64", "v8.0"), ARM64, True),
        (Platform("linux", "arm64", "v8.1"), ARM64, False),
        (Platform("linux", "arm64", "v9"), ARM64, False),
        (Platform("linux", "arm64", "v1"), ARM64, False),
        (ARM64, AMD64, False),
        (Platform("windows", "amd64"), AMD64, False),
        (Platform("unknown", "unknown"), AMD64, False),
    ],
)
def test_image_suits_the_baseline_of_its_own_platform_only(image: Platform, machine: Platform, suits: bool) -> None:
    assert image.suits(machine) is suits


def test_platform_is_written_with_its_variant_where_it_has_one() -> None:
    assert [str(AMD64), str(Platform("linux", "arm", "v7"))] == ["linux/amd64", "linux/arm/v7"]
