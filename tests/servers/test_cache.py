"""A cache that is set up as we tell admins: machines that boot at once cost the registry what one of them does."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

from tests.support.bootable import bootable_image
from tests.support.cache import Cache
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.pki import Authority
from tests.support.registry import Registry
from wyrcan_tui.flows.boot import Order, prepared
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.mirrors import Mirror, Rule
from wyrcan_tui.registry.site import Site

MACHINES = 5
SLICE = 8 << 20
"""What the cache asks for at once."""


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
