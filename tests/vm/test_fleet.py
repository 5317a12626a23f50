"""A fleet, as docs/fleet.md says: three machines boot over the network, each its image, through one cache."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.bucket import Bucket
from tests.support.cache import SLICE, Cache
from tests.support.front import Front
from tests.support.image import Image
from tests.support.machine import HOST, Machine, Served
from tests.support.nginx import Access
from tests.support.pace import Pace
from tests.support.recipe import recipe
from tests.support.registry import Registry
from tests.support.tiny import CMDLINE, MARKER
from tests.vm.conftest import BUILD

MACS = ["52:54:00:12:34:01", "52:54:00:12:34:02", "52:54:00:12:34:03"]
SERIAL_NUMBER = "RACK 3"
OWN_FILES = {"52-54-00-12-34-02": "fleet/store:stable", SERIAL_NUMBER: "fleet/probe:stable"}


def served(folder: Path, cache: Cache) -> Path:
    """The folder that the machines load everything from: the build's, and what the page adds to it."""
    net = folder / "net"
    shutil.copytree(BUILD / "net", net, copy_function=lambda source, copy: Path(copy).hardlink_to(source))
    rules = recipe("toml").replace("cache.example.com:5000", f"{HOST}:{cache.port}")
    (folder / "registries.conf").write_text(rules)
    subprocess.run(["sh", "-euc", recipe("sh", "Telling machines")], cwd=folder, check=True, capture_output=True)
    (net / "fleet.ipxe").write_text(recipe("ipxe"))
    (net / "machines").mkdir()
    for name, image in OWN_FILES.items():
        (net / f"machines/{name}.ipxe").write_text(f"#!ipxe\nset image registry.example.com/{image}\n")
    return net


def blobs(requests: list[Access]) -> Counter[str]:
    """How often each blob was asked for."""
    return Counter(one.path.rpartition("/")[2] for one in requests if "/blobs/" in one.path)


def once(*images: Image) -> dict[str, int]:
    """How often the blobs of images are asked for by somebody who has none of them: each of their slices once."""
    return {name: -(-len(blob) // SLICE) for image in images for name, blob in image.blobs.items()}


@pytest.mark.long
def test_each_machine_boots_its_image_through_the_cache_and_the_newest_one_when_it_restarts(
    pace: Pace, tiny: Callable[..., Image], registry: Registry, tmp_path: Path
) -> None:
    names = ["worker", "store", "probe"]
    images = {name: tiny(name) for name in names}
    for name, image in images.items():
        registry.push_image(f"fleet/{name}", "stable", image)
    with ExitStack() as fleet:
        front = fleet.enter_context(Front(tmp_path / "front", registry.url))
        cache = fleet.enter_context(Cache(tmp_path / "cache", front.url))
        net = served(tmp_path, cache)
        server = fleet.enter_context(Bucket(tmp_path / "server", net))
        start = Served(net, f"http://{HOST}:{server.port}/fleet.ipxe")
        machines = [
            fleet.enter_context(
                Machine(
                    tmp_path / name,
                    pace,
                    firmware="bios",
                    served=start,
                    memory_mib=1024,
                    mac=mac,
                    serial_number=SERIAL_NUMBER if name == "probe" else "",
                )
            )
            for name, mac in zip(names, MACS, strict=True)
        ]
        booted = [machine.terminal.wait_to_read(MARKER.pattern, seconds=240) for machine in machines]
        assert [one["name"] for one in booted] == names
        assert {one["cmdline"] for one in booted} == {f"{CMDLINE} update.weekly"}
        assert blobs(front.requests) == once(*images.values())

        newer = tiny("newer")
        registry.push_image("fleet/worker", "stable", newer)
        terminal = machines[0].terminal
        terminal.clear()
        terminal.type("reboot -f\r")
        assert terminal.wait_to_read(MARKER.pattern, seconds=120)["name"] == "newer"
        assert blobs(front.requests) == once(*images.values(), newer)
