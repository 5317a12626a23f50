"""The engine as the benchmark calls it, each time in a process of its own.

``bench/engine.py prepare REFERENCE``, ``... loaded REFERENCE``, ``... thrifty REFERENCE`` or
``... fleet MACHINES REFERENCE [CACHE]``.
"""

# ruff: noqa: PLC0415 - as the command does it, all that is needed is imported when the process is prepared

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wyrcan_tui.host.process import prepare_process


@contextmanager
def ready(text: str, cache: str = "") -> Iterator[int]:
    """Make kernel and initrd of the image that ``HOST:PORT/REPOSITORY:TAG`` names, and yield the initrd's bytes.

    It comes from `cache` (``HOST:PORT``), where one is given, as from a mirror of ``registries.conf``.
    """
    from wyrcan_tui.flows.boot import Order, prepared
    from wyrcan_tui.oci.address import RegistryAddress
    from wyrcan_tui.oci.platform import Platform
    from wyrcan_tui.oci.reference import parse_reference
    from wyrcan_tui.progress import Meter
    from wyrcan_tui.registry.mirrors import Mirror, Rule
    from wyrcan_tui.registry.site import Site

    host = text.partition("/")[0]
    rules = (Rule(host, host, mirrors=(Mirror(cache),)),) if cache else ()
    addresses = tuple(RegistryAddress(name, plain=True) for name in (host, cache) if name)
    order = Order(parse_reference(text), site=Site(addresses, rules=rules))
    with prepared(order, Platform("linux", "amd64"), Meter()) as files:
        yield os.fstat(files.initrd).st_size


def fleet(machines: int, text: str, cache: str = "") -> None:
    """Be so many machines (see `ready`): say that they are there, and switch them on when standard input ends."""
    from concurrent.futures import ThreadPoolExecutor

    def boot() -> None:
        with ready(text, cache):
            pass

    print("ready", flush=True)
    sys.stdin.read()
    with ThreadPoolExecutor(machines) as pool:
        for booted in [pool.submit(boot) for _ in range(machines)]:
            booted.result()


def load() -> None:
    """Have in memory what the menu has there once somebody has looked around, and wait for a line."""
    import wyrcan_tui.flows.boot
    import wyrcan_tui.registry.source  # noqa: F401 - to have it loaded

    print("loaded", flush=True)
    sys.stdin.readline()


def main(what: str, *arguments: str) -> None:
    """Print the initrd's bytes.

    What is to be loaded only says so first, and begins when a line comes; a fleet does when its input ends.
    """
    # As the command does it, on a machine with little memory where it should be thrifty.
    prepare_process(thrifty=what == "thrifty")
    if what == "fleet":
        machines, *where = arguments
        fleet(int(machines), *where)
        return
    if what == "loaded":
        load()
    with ready(*arguments) as size:
        # At once: that the memory is given back afterwards is no part of it.
        print(size, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
