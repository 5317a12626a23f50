"""A cache that is set up as we tell admins: machines that boot at once cost the registry what one of them does."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from tests.support.bootable import bootable_image, kernel_file
from tests.support.cache import SLICE, Cache, PullThrough
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.pki import Authority
from tests.support.puller import Puller
from tests.support.recipe import recipe
from tests.support.registry import Registry
from wyrcan_tui.flows.boot import Order, prepared
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.mirrors import Mirror, Rule, endpoints, parse_rules
from wyrcan_tui.registry.site import Site

MACHINES = 5
CACHE = "cache.example.com:5000"


def test_registry_is_asked_once_however_many_boot(tmp_path: Path, authority: Authority, registry: Registry) -> None:
    sizes = (1 << 19, SLICE + 1)
    noise = [Layer([File(f"{size}", Random(size).randbytes(size))], compression="plain") for size in sizes]
    image = Image([*bootable_image().layers, *noise])
    registry.push_image("demo", "1", image)
    pair = authority.issue("localhost")
    # So slow that the last machine comes long before the first one has it all.
    with Front(tmp_path / "front", registry.url, tls=pair, speed=16 << 20) as front:
        upstream = f"localhost:{front.port}"
        with Cache(tmp_path / "cache", f"https://{upstream}", authorities=authority.path) as cache:
            rule = Rule(upstream, upstream, mirrors=(Mirror(cache.host),))
            # The registry itself is not trusted by the machines: none of them gets anything from there.
            site = Site((RegistryAddress(cache.host, plain=True),), rules=(rule,))
            order = Order(parse_reference(f"{upstream}/demo:1"), site=site)
            all_are_on = Barrier(MACHINES, timeout=60)

            def boot(_: int) -> str:
                all_are_on.wait()
                with prepared(order, Platform("linux", "amd64"), Meter()) as ready:
                    return str(ready.image.digest)

            with ThreadPoolExecutor(MACHINES) as machines:
                assert set(machines.map(boot, range(MACHINES))) == {image.digest}
            asked = Counter(one.path.removeprefix("/v2/demo/") for one in front.requests)
    blobs = {name: len(blob) for name, blob in image.blobs.items()}
    assert asked == {"manifests/1": 1} | {f"blobs/{name}": -(-size // SLICE) for name, size in blobs.items()}


def told(host: str, section: str = "") -> dict[str, bytes]:
    """What the page says that machines must be told of a cache, which is at this host."""
    return {"registries.conf": recipe("toml", section).replace(CACHE, host).encode()}


def test_layer_of_several_repositories_is_asked_for_once(tmp_path: Path, registry: Registry) -> None:
    image = bootable_image()
    for repository in ("worker", "store"):
        registry.push_image(f"fleet/{repository}", "stable", image)
    with Front(tmp_path / "front", registry.url) as front, Cache(tmp_path / "cache", front.url) as cache:
        for repository in ("worker", "store"):
            puller = Puller(told(cache.host))
            assert puller.pull(f"registry.example.com/fleet/{repository}:stable").kernel == kernel_file()
            assert puller.troubles == []
        asked = Counter(one.path.rpartition("/")[2] for one in front.requests if "/blobs/" in one.path)
    assert asked == dict.fromkeys(image.blobs, 1)


def test_machines_boot_while_the_registry_is_down(tmp_path: Path, registry: Registry) -> None:
    registry.push_image("fleet/worker", "stable", bootable_image())
    with Front(tmp_path / "front", registry.url) as front, Cache(tmp_path / "cache", front.url) as cache:
        Puller(told(cache.host)).pull("registry.example.com/fleet/worker:stable")
        registry.stop()
        deadline = time.monotonic() + 60
        while front.requests[-1].status != 502:
            assert time.monotonic() < deadline, "the cache did not ask again what the tag names"
            puller = Puller(told(cache.host))
            assert puller.pull("registry.example.com/fleet/worker:stable").kernel == kernel_file()
            assert puller.troubles == []


def test_registry_of_debian_is_a_cache_as_well(tmp_path: Path, registry: Registry) -> None:
    registry.push_image("fleet/worker", "stable", bootable_image())
    with PullThrough(tmp_path / "cache", registry.url) as cache:
        puller = Puller(told(cache.host, "docker-registry"))
        assert puller.pull("registry.example.com/fleet/worker:stable").kernel == kernel_file()
    assert puller.troubles == []


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("Harbor", "harbor.example.com/upstream/fleet/worker"),
        ("Dragonfly", "dragonfly.example.com:4001/fleet/worker"),
        ("Zot", "zot.example.com:5000/fleet/worker"),
    ],
)
def test_what_machines_are_told_leads_to_the_cache_first(section: str, place: str) -> None:
    rules = parse_rules(recipe("toml", section).encode(), "registries.conf")
    reference = parse_reference("registry.example.com/fleet/worker:stable")
    assert isinstance(reference, RegistryReference)
    first, second = endpoints(rules, reference)
    assert f"{first.address.host}/{first.repository}" == place
    assert f"{second.address.host}/{second.repository}" == "registry.example.com/fleet/worker"
