"""What the stories have in common: the ISO under test, the images to boot, and how long to wait."""

import json
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.support.fonts import SIZES, console_font
from tests.support.image import Image
from tests.support.machine import HOST, Kernel, Machine
from tests.support.pace import Pace
from tests.support.registry import Registry
from tests.support.screen import Alphabet, ScreenReader
from tests.support.tiny import static_busybox, tiny_image

BUILD = Path(__file__).parents[2] / "build"
VIDEO_BIOS = Path("/usr/share/seabios/vgabios-stdvga.bin")
OUR_ALPHABETS = [Alphabet.of_font(font, font.width) for font in map(console_font, SIZES)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.vm)


@pytest.fixture(scope="session")
def iso() -> Path:
    """The ISO as it was built."""
    path = BUILD / "wyrcan.iso"
    assert path.exists(), "there is no ISO to test: run ./build-iso.sh, or ./tests/run, which does it first"
    return path


@pytest.fixture(scope="session")
def kernel() -> Path:
    """The kernel on the ISO."""
    return BUILD / "wyrcan.kernel"


@pytest.fixture(scope="session")
def initrd() -> Path:
    """The initrd on the ISO."""
    return BUILD / "wyrcan.initrd"


@pytest.fixture(scope="session")
def pace(kernel: Path, tmp_path_factory: pytest.TempPathFactory) -> Pace:
    """How fast machines run here, measured once."""
    return Pace.measure(kernel, tmp_path_factory.mktemp("pace"))


@pytest.fixture(scope="session")
def reader(kernel: Path) -> ScreenReader:
    """Reads the screens that the card's BIOS and the ISO's kernel draw, with their own fonts and with ours."""
    return ScreenReader([Alphabet.of_video_bios(VIDEO_BIOS), Alphabet.of_kernel(kernel), *OUR_ALPHABETS])


@pytest.fixture(scope="session")
def tiny(kernel: Path) -> Callable[..., Image]:
    """Makes the tiny bootable image: takes its name, and what else `tiny_image` does."""
    return partial(tiny_image, kernel, static_busybox(BUILD / "tests"))


@pytest.fixture
def computer(pace: Pace, tmp_path: Path) -> Callable[..., Machine]:
    """Makes the one machine of a story: takes the keyword arguments of `Machine`."""
    return partial(Machine, tmp_path / "machine", pace)


def seen(registry: Registry) -> str:
    """The registry's host and port as the machine sees it."""
    return f"{HOST}:{registry.port}"


@pytest.fixture
def start(kernel: Path, initrd: Path, registry: Registry) -> Kernel:
    """Starts a machine that was told of the registry, without the firmware's and GRUB's long way to a medium."""
    return Kernel(kernel, f"quiet wyr.registry=http://{seen(registry)}", initrd)


@pytest.fixture
def pushed(registry: Registry, tiny: Callable[..., Image]) -> str:
    """An image in the registry, as the machine must name it; its marker says "pushed"."""
    registry.push_image("demo/tiny", "stable", tiny("pushed"))
    return f"{seen(registry)}/demo/tiny:stable"


def plain(reference: str) -> str:
    """The URL by which a machine is told that an image's registry speaks plain HTTP."""
    return f"http://{reference.partition('/')[0]}"


@pytest.fixture
def medium(iso: Path, registry: Registry, tmp_path: Path) -> Path:
    """A copy of the ISO that was told of the registry, in the way that people do it."""
    return medium_with(iso, tmp_path, {"registries": [f"http://{seen(registry)}"]})


def medium_with(
    iso: Path, folder: Path, content: dict[str, object], settings: Mapping[str, bytes] | None = None
) -> Path:
    """A copy of the ISO in `folder` with this ``wyrcan.json`` on it, and these files in its folder ``containers``."""
    added = folder / "added"
    for name, data in {"wyrcan.json": json.dumps(content).encode(), **(settings or {})}.items():
        path = added / name if name == "wyrcan.json" else added / "containers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    copy = folder / "wyrcan.iso"
    subprocess.run(
        ["xorriso", "-indev", iso, "-outdev", copy, "-boot_image", "any", "replay", "-map", added, "/"],
        check=True,
        capture_output=True,
    )
    return copy
