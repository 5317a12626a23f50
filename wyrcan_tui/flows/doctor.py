"""Finding out why an image cannot be had: each thing that it takes, in their order, up to the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.memory import largest_initrd
from wyrcan_tui.flows.source import open_source, pinned
from wyrcan_tui.host.links import Link
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.progress import Meter, size_text
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.source import RegistrySource
from wyrcan_tui.registry.way import Way
from wyrcan_tui.texts import _

_DRIFT: Final = timedelta(days=1)
"""How far two clocks may differ: a clock that is in another time zone does no harm."""

_Look = tuple[str, Callable[[], str]]
"""The name of a step, and what looks and returns what it found."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: what was found, or why it fails (one of both is empty)."""

    name: str
    found: str = ""
    error: WyrcanError | None = None


class Doctor:
    """Looks at everything on the way to one image. Nothing is tried twice, so that the answer comes soon."""

    def __init__(self, reference: Reference | None, site: Site, adapters: Adapters, meter: Meter) -> None:
        """Look for the image that `reference` names; without one, at the network alone."""
        self._reference = reference
        self._site = site
        self._network = adapters.networkd
        self._machine = adapters.machine
        self._clock = adapters.clock
        self._meter = meter
        self._size = 0

    def steps(self) -> Iterator[Step]:
        """Yield each step when it is done; the first that fails is the last, unless another place has the image, too.

        An image can have several places (see `Site.endpoints`): where the way to one ends, the next one's begins.

        Raises:
            CancelledError: where somebody asked to stop.
        """
        match self._reference:
            case None:
                yield from self._take(self._network_looks())
            case RegistryReference() as reference:
                arrived = yield from self._take(self._network_looks())
                if arrived and (yield from self._seek(reference)):
                    yield from self._take([(_("space"), self._space)])
            case reference:
                yield from self._take(
                    [
                        (_("manifest"), lambda: self._manifest(open_source(reference, self._site, self._meter))),
                        (_("space"), self._space),
                    ]
                )

    def _take(self, looks: Iterable[_Look]) -> Generator[Step, None, bool]:
        """Yield a step for each look up to the first that fails; return whether none did."""
        for name, look in looks:
            self._meter.check()
            try:
                found = look()
            except WyrcanError as error:
                yield Step(name, error=error)
                return False
            yield Step(name, found)
        return True

    def _seek(self, reference: RegistryReference) -> Generator[Step, None, bool]:
        """Yield the steps to each of the image's places, up to one that has it; return whether there is one."""
        try:
            endpoints = self._site.endpoints(reference)
        except WyrcanError as error:
            yield Step(_("registry"), error=error)
            return False
        for endpoint in endpoints:
            if (yield from self._take(self._looks_at(reference, endpoint))):
                return True
        return False

    def _network_looks(self) -> list[_Look]:
        return [(_("link"), self._link), (_("address"), self._address)]

    def _looks_at(self, reference: RegistryReference, endpoint: Endpoint) -> list[_Look]:
        way = Way(endpoint, self._site, self._meter)
        source = RegistrySource(reference, self._site.only_at(endpoint, reference), self._meter, patient=False)
        return [
            (_("registry"), way.find),
            # What is known by three letters everywhere is no text.
            ("DNS", way.resolve),
            (_("route"), way.route),
            ("TCP", way.connect),
            (_("clock"), lambda: self._time(way)),
            ("TLS", way.greet),
            (_("login"), lambda: way.enter(str(reference.digest or reference.tag))),
            (_("manifest"), lambda: self._manifest(source)),
        ]

    def _link(self) -> str:
        links = self._network.links()
        if not links:
            raise WyrcanError(
                "link-missing",
                _("This machine has no network interface that Linux knows."),
                hint=_("Its card may need a driver or a firmware file that is not there: see `journalctl -k`."),
            )
        connected = [link.name for link in links if link.carrier]
        if not connected:
            raise WyrcanError(
                "link-down",
                _("There is no cable, or no signal on it, in {links}.").format(
                    links=", ".join(link.name for link in links)
                ),
                hint=_("Check the cable, and whether the port of the switch is on."),
            )
        return _("{links} connected").format(links=", ".join(connected))

    def _address(self) -> str:
        connected: list[Link] = [link for link in self._network.links() if link.carrier]
        found = [f"{link.name} {address}" for link in connected for address in link.addresses]
        if not found:
            raise WyrcanError(
                "address-missing",
                _("No network interface that is connected has an address."),
                hint=_(
                    "No DHCP server answers: check it and the VLAN, or give an address with "
                    "wyr.net.FILE.Network.Address=."
                ),
            )
        return ", ".join(found)

    def _time(self, way: Way) -> str:
        now = datetime.now(UTC)
        here = _moment(now)
        if self._clock.synchronized:
            return _("{time}, set by NTP").format(time=here)
        # Where TLS alone is spoken nobody tells; the certificate then does, at the next step.
        theirs = way.ask_time()
        if theirs is None:
            return _("{time}, which nobody confirms").format(time=here)
        if abs(theirs - now) > _DRIFT:
            raise WyrcanError(
                "clock-wrong",
                _("This machine's clock says {here}, the registry's {there}.").format(here=here, there=_moment(theirs)),
                hint=_("Set it in the firmware setup (its battery may be dead), or let it reach an NTP server."),
            )
        return _("{time}, as the registry's").format(time=here)

    def _manifest(self, source: BlobSource) -> str:
        assert self._reference, "there is nothing to look for"
        image = resolve(source, self._machine.platform, pinned(self._reference))
        self._size = image.size
        return _("{digest} for {platform}, layers: {number}").format(
            digest=image.digest.short, platform=image.config.platform, number=len(image.manifest.layers)
        )

    def _space(self) -> str:
        size, memory = size_text(self._size), self._machine.memory
        # An initrd is about as large as the layers that it is made of, which are compressed, too.
        if self._size > (most := largest_initrd(memory)):
            raise WyrcanError(
                "memory-too-small",
                _("The image has {size} compressed; with {memory} of memory, this machine starts about {most}.").format(
                    size=size, memory=size_text(memory), most=size_text(most)
                ),
                hint=_("Use a smaller image or a machine with more memory; `wyrcan check` tells how much it takes."),
            )
        return _("{size} to fetch, {memory} of memory").format(size=size, memory=size_text(memory))


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
