"""What a registry sees of many machines that boot the same image at once, with a cache between them and without."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.process import engine, started
from bench.site import Site
from bench.table import table
from tests.support.bootable import bootable_image
from tests.support.cache import Cache
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.nginx import Access
from tests.support.registry import Registry
from tests.support.server import Server

_MACHINES: Final = 50
_PROCESSES: Final = 5
"""What the machines are spread over: enough that they do not wait for one interpreter's lock, few enough for memory."""
_LAYERS: Final = 6
_LAYER_SIZE: Final = 4 << 20
_SPEED: Final = 4 << 20
"""Bytes per second that the registry sends on one connection: so few that all begin before the first has it all."""
_TAG: Final = "fleet"

_Cache = Callable[[Path, str], AbstractContextManager[Server | None]]
_CACHES: Final[dict[str, _Cache]] = {
    "none": lambda folder, upstream: nullcontext(),
    "docker-registry": lambda folder, upstream: Registry(folder, upstream=upstream),
    "nginx": Cache,
}


@dataclass(frozen=True)
class _Boot:
    """One boot of the whole fleet: the seconds it took, and what the registry was asked for."""

    seconds: float
    requests: list[Access]

    def asked(self, what: str) -> list[int]:
        """How often each of the manifests, or of the blobs, was asked for."""
        gets = Counter(one.path for one in self.requests if one.method == "GET" and f"/{what}/" in one.path)
        return list(gets.values())


def measure(site: Site) -> str:
    """Return the table of requests."""
    image = Image([*bootable_image().layers, *map(_noise, range(_LAYERS))])
    site.registry.push_image(_TAG, _TAG, image)
    boots: dict[str, list[_Boot]] = {name: [] for name in _CACHES}
    for number in range(site.rounds):
        for name, cache in _CACHES.items():
            print(f"  round {number + 1} of {site.rounds}: fleet, cache: {name}", file=sys.stderr)
            boots[name].append(_boot(site, cache))
    size = sum(map(len, image.blobs.values())) / 1e6
    return table(
        "A fleet behind one cache",
        f"{_MACHINES} machines begin at once to boot an image of {len(image.blobs)} blobs, {size:.0f} MB. Counted is "
        "what the registry is asked: GET for each blob and for manifests, and all requests; the least and the most of "
        f"all rounds. Seconds are those until the last machine has its initrd. The registry sends {_SPEED >> 20} MiB "
        "per second on each connection; it, the cache and all the machines share the cores.",
        ("cache", "machines", "each blob", "manifests", "all requests", "seconds"),
        [_row(name, its) for name, its in boots.items()],
    )


def _row(name: str, boots: list[_Boot]) -> tuple[str, ...]:
    blobs = [count for boot in boots for count in boot.asked("blobs")]
    manifests = [sum(boot.asked("manifests")) for boot in boots]
    seconds = median(boot.seconds for boot in boots)
    requests = [len(boot.requests) for boot in boots]
    return name, str(_MACHINES), _span(blobs), _span(manifests), _span(requests), f"{seconds:.1f}"


def _span(counts: list[int]) -> str:
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least}-{most}"


def _boot(site: Site, kind: _Cache) -> _Boot:
    """Boot the fleet once, through a new and empty cache."""
    with TemporaryDirectory(dir=site.scratch) as folder, ExitStack() as stack:
        front = stack.enter_context(Front(Path(folder, "front"), site.registry.url, speed=_SPEED))
        cache = stack.enter_context(kind(Path(folder, "cache"), front.url))
        where = [f"{front.host}/{_TAG}:{_TAG}", *([cache.host] if cache else [])]
        with ExitStack() as fleet:
            command = engine("fleet", str(_MACHINES // _PROCESSES), *where)
            processes = [fleet.enter_context(started(command, Path(folder))) for _ in range(_PROCESSES)]
            for process in processes:
                assert process.stdout, "it is a pipe"
                process.stdout.readline()
            start = time.perf_counter()
            for process in processes:
                assert process.stdin, "it is a pipe"
                process.stdin.close()
        return _Boot(time.perf_counter() - start, front.requests)


def _noise(number: int) -> Layer:
    return Layer([File(f"srv/{number}", Random(number).randbytes(_LAYER_SIZE))])
