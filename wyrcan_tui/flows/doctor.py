"""Finding out why an image cannot be had: each thing that it takes, in their order, up to the first that fails."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.memory import largest_initrd
from wyrcan_tui.flows.source import open_source, pinned
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.progress import Meter, size_text
from wyrcan_tui.registry.date import date_at
from wyrcan_tui.registry.dial import dial
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport, bases

_PATIENCE: Final = 10.0
"""Seconds to wait for a connection."""
_DRIFT: Final = timedelta(hours=1)
"""How far two clocks may differ: less does no harm to any certificate."""
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: what was found, or why it fails (one of both is empty)."""

    name: str
    found: str = ""
    error: WyrcanError | None = None


class Doctor:
    """Looks at everything on the way to one image."""

    def __init__(self, reference: Reference | None, site: Site, adapters: Adapters, meter: Meter) -> None:
        """Look for the image that `reference` names; without one, at the network alone."""
        self._reference = reference
        self._site = site
        self._network = adapters.networkd
        self._machine = adapters.machine
        self._meter = meter
        self._layers: tuple[Descriptor, ...] = ()

    def steps(self) -> Iterator[Step]:
        """Yield each step when it is done; the first that fails is the last.

        Raises:
            CancelledError: where somebody asked to stop.
        """
        for name, look in self._looks():
            self._meter.check()
            try:
                yield Step(name, look())
            except (WyrcanError, OSError) as error:
                yield Step(name, error=in_words(error))
                return

    def _looks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "link", self._link
        yield "address", self._address
        match self._reference:
            case None:
                return
            case RegistryReference() as reference:
                for endpoint in self._site.endpoints(reference)[:1]:
                    way = _Way(endpoint, self._site, self._meter)
                    yield "DNS", way.resolve
                    yield "route", way.route
                    yield "TCP", way.connect
                    yield "clock", way.clock
                    yield "TLS and login", way.enter
        yield "manifest", self._manifest
        yield "space", self._space

    def _link(self) -> str:
        links = self._network.links()
        if not links:
            raise WyrcanError(
                "link-missing",
                "This machine has no network interface that Linux knows.",
                hint="Its card may need a driver or a firmware file that is not there: see `journalctl -k`.",
            )
        connected = [link.name for link in links if link.carrier]
        if not connected:
            raise WyrcanError(
                "link-down",
                f"There is no cable, or no signal on it, in {', '.join(link.name for link in links)}.",
                hint="Check the cable, and whether the port of the switch is on.",
            )
        return f"{', '.join(connected)} connected"

    def _address(self) -> str:
        found = [f"{link.name} {address}" for link in self._network.links() for address in link.addresses]
        if not found:
            raise WyrcanError(
                "address-missing",
                "No network interface has an address.",
                hint="No DHCP server answered: check it and the VLAN, or give a static address with wyr.net.* words.",
            )
        return ", ".join(found)

    def _manifest(self) -> str:
        assert self._reference
        source = open_source(self._reference, self._site, self._meter)
        image = resolve(source, self._machine.platform, pinned(self._reference))
        self._layers = image.manifest.layers
        return f"{image.digest.short} for {image.config.platform}, layers: {len(self._layers)}"

    def _space(self) -> str:
        size, memory = sum(layer.size for layer in self._layers), self._machine.memory
        if size > (most := largest_initrd(memory)):
            raise WyrcanError(
                "memory-too-small",
                f"The image has {size_text(size)} compressed; with {size_text(memory)} of memory, this machine can "
                f"start about {size_text(most)}.",
                hint="Use a smaller image or a machine with more memory.",
            )
        return f"{size_text(size)} to fetch, {size_text(memory)} of memory"


class _Way:
    """The way to one registry, or to the proxy in front of it."""

    def __init__(self, endpoint: Endpoint, site: Site, meter: Meter) -> None:
        self._endpoint = endpoint
        self._site = site
        self._meter = meter
        base = bases(endpoint.address)[0]
        proxy = site.proxy.way_to(base).get("https", "")
        parts = urlsplit(proxy or base)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._what = "the proxy" if proxy else "the registry"

    def resolve(self) -> str:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise WyrcanError(
                "name-unknown",
                f"The name of {self._what}, {self._host}, leads to no address: {(error.strerror or '').lower()}.",
                hint="Check the name, and the DNS servers that DHCP gives (or give DNS= with wyr.net.* words).",
            ) from error
        self._addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
        return f"{self._host} is {', '.join(str(address[0]) for _, address in self._addresses)}"

    def route(self) -> str:
        ours = []
        for family, address in self._addresses:
            # Nothing is sent: the kernel only says which way it would take.
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                try:
                    probe.connect(address)
                except OSError:
                    continue
                ours.append(str(probe.getsockname()[0]))
        if not ours:
            raise WyrcanError(
                "route-missing",
                f"There is no route to {self._host}.",
                hint="The default gateway is missing: check what DHCP gives, or give Gateway= with wyr.net.* words.",
            )
        return f"from {', '.join(ours)}"

    def connect(self) -> str:
        began = time.monotonic()
        try:
            with dial(self._host, self._port, _PATIENCE) as made:
                milliseconds = (time.monotonic() - began) * 1000
                return f"{made.getpeername()[0]} port {self._port} answers in {milliseconds:.0f} ms"
        except OSError as error:
            why = "nothing answers" if isinstance(error, TimeoutError) else (error.strerror or str(error)).lower()
            raise WyrcanError(
                "registry-unreachable",
                f"No connection to {self._what}, {self._host} port {self._port}: {why}.",
                hint="Check that it runs, its port, and the firewalls between.",
            ) from error

    def clock(self) -> str:
        now = datetime.now(UTC)
        # Where only TLS is spoken nobody tells; a certificate then does.
        theirs = date_at(self._endpoint.address.host, self._site)
        if theirs is None:
            return f"{now:%Y-%m-%d %H:%M} UTC"
        if abs(theirs - now) > _DRIFT:
            raise WyrcanError(
                "clock-wrong",
                f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, the registry's {theirs:%Y-%m-%d %H:%M}.",
                hint="Set it in the firmware setup (its battery may be dead), or let it reach an NTP server.",
            )
        return f"{now:%Y-%m-%d %H:%M} UTC, as the registry's"

    def enter(self) -> str:
        address, repository = self._endpoint.address, self._endpoint.repository
        transport = Transport(address, self._site, self._meter)
        response = transport.get(f"{repository}/tags/list?n=1", scope=f"repository:{repository}:pull")
        response.close()
        secure = response.url.startswith("https:")
        known = self._site.credentials.find(address.host, repository)
        login = f"as {known.user or 'who has the identity token'}" if known else "without a login"
        return f"{'TLS' if secure else 'plain HTTP'}, {login}"
