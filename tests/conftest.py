"""What tests of every kind can ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.image import File, Image, Layer
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.wired import OTHER


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry server that runs."""
    with Registry(tmp_path / "registry") as server:
        yield server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with an image that boots, in three versions, and one that does not."""
    with Registry(tmp_path_factory.mktemp("registry")) as registry:
        for tag in ("1", "2", "10"):
            registry.push_image("demo/os", tag, bootable_image(tag))
        registry.push_image("demo/plain", "1", Image([Layer([File("init")])]))
        yield registry


@pytest.fixture
def rig(tmp_path: Path, server: Registry) -> Rig:
    """A machine with UEFI that was told of that registry."""
    return Rig(tmp_path / "machine", cmdline=f"wyr.registry={server.url}")


@pytest.fixture
def host(server: Registry) -> str:
    """That registry's name in references."""
    return f"127.0.0.1:{server.port}"


@pytest.fixture
def wired(rig: Rig) -> Rig:
    """That machine, with two cards."""
    rig.plug("card0")
    rig.plug("card1", address=OTHER, carrier=False)
    return rig
