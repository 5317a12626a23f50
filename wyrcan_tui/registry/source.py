"""An image behind a registry reference, from the first of the places that have it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.repository import Repository
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _


class RegistrySource:
    """The image as a `BlobSource`: a place that fails is asked last from then on, and what came from it is kept."""

    def __init__(self, reference: RegistryReference, site: Site, meter: Meter, *, patient: bool = True) -> None:
        """Begin with the mirrors that the site has for the reference; where not `patient`, try each place once.

        Raises:
            WyrcanError: ``registry-blocked``, ``registries-invalid``.
        """
        self._reference = reference
        self._meter = meter
        self._places = tuple(
            Repository(endpoint, site, meter, patient=patient) for endpoint in site.endpoints(reference)
        )
        self._own = self._places[-1]
        self._senders: defaultdict[Digest, set[Repository]] = defaultdict(set)

    def document(self, digest: Digest | None) -> bytes:
        """Return the manifest or index with this digest, or the one that the reference names.

        Raises:
            WyrcanError: what `Repository.document` raised for the place that the reference itself names.
        """
        places = deque(self._places)
        failures: dict[Repository, WyrcanError] = {}
        while places:
            place = places.popleft()
            try:
                return place.document(str(digest) if digest else self._reference.tag)
            except WyrcanError as error:
                failures[place] = error
                self._turn_from(place, error, places)
        raise self._telling(failures)

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """Yield a blob's bytes. May be called by several threads at once.

        Raises:
            WyrcanError: what `Repository.blob` raised for the place that the reference itself names.
        """
        places = deque(self._places)
        failures: dict[Repository, WyrcanError] = {}
        position = 0
        while places:
            place = places.popleft()
            try:
                for piece in place.blob(descriptor, position):
                    self._senders[descriptor.digest].add(place)
                    position += len(piece)
                    yield piece
            except WyrcanError as error:
                failures[place] = error
                self._turn_from(place, error, places)
            else:
                return
        raise self._telling(failures)

    def strike_off(self, digest: str) -> bool:
        """Never again ask the places that what should have been this blob came from; tell whether another is left.

        Where there is none, they stay: what goes wrong there is then what there is to tell.
        """
        wrong = next((senders for sent, senders in self._senders.items() if str(sent) == digest), set())
        others = tuple(place for place in self._places if place not in wrong)
        if not wrong or not others:
            return False
        self._places = others
        self._senders.clear()
        hosts = ", ".join(sorted(place.host for place in wrong))
        self._meter.trouble(
            _("What {hosts} sends was damaged. Beginning again with {other} instead.").format(
                hosts=hosts, other=others[0].host
            )
        )
        return True

    def _telling(self, failures: Mapping[Repository, WyrcanError]) -> WyrcanError:
        """Return the failure that counts: the clock's, which can be set, or what the reference's own place said."""
        clock = (error for error in failures.values() if error.code == "registry-not-yet-valid")
        *_earlier, last = failures.values()
        return next(clock, failures.get(self._own, last))

    def _turn_from(self, place: Repository, error: WyrcanError, others: Sequence[Repository]) -> None:
        """Ask a place that failed last from now on, and say so where there is another one."""
        if place in self._places:
            self._places = (*(other for other in self._places if other is not place), place)
        if others:
            self._meter.trouble(
                _("{failure} Trying {other} instead.").format(failure=error.message, other=others[0].host)
            )
