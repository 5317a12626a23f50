"""A site: what a machine was told about the registries around it, from all places that may tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry.certificates import Certificates
from wyrcan_tui.registry.credentials import Credentials
from wyrcan_tui.registry.mirrors import Endpoint, Rule, endpoints
from wyrcan_tui.registry.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Site:
    """How registries are reached from here.

    Attributes:
        addresses: registries to look around in, and those that are spoken to without TLS.
        credentials: what lets us in.
        rules: where things really are.
        certificates: whom we trust, and how we show who we are.
        proxy: the way out.
    """

    addresses: tuple[RegistryAddress, ...] = ()
    credentials: Credentials = field(default_factory=Credentials)
    rules: tuple[Rule, ...] = ()
    certificates: Certificates = field(default_factory=Certificates)
    proxy: Proxy = field(default_factory=Proxy)

    def address(self, host: str) -> RegistryAddress:
        """Return how a registry is spoken to: as somebody said, else with TLS."""
        return by_host(self.addresses).get(host, RegistryAddress(host))

    def listed_at(self, address: RegistryAddress) -> RegistryAddress:
        """Return where a registry's own lists are asked for, and how.

        Raises:
            WyrcanError: ``registry-blocked``.
        """
        rule = next((rule for rule in self.rules if rule.prefix == address.host), None)
        if rule is None:
            return address
        rule.require_allowed()
        return replace(address, insecure=address.insecure or (rule.insecure and rule.location in ("", address.host)))

    def endpoints(self, reference: RegistryReference) -> list[Endpoint]:
        """Return where to look for an image, the first place first.

        Raises:
            WyrcanError: ``registry-blocked``, ``registries-invalid``.
        """
        return [self._as_told(endpoint) for endpoint in endpoints(self.rules, reference)]

    def only_at(self, endpoint: Endpoint, reference: RegistryReference) -> Site:
        """Return a site that is the same, but has the image at one of its endpoints and nowhere else."""
        place = f"{endpoint.address.host}/{endpoint.repository}"
        return replace(self, rules=(Rule(reference.name, place, endpoint.address.insecure),))

    def _as_told(self, endpoint: Endpoint) -> Endpoint:
        told = self.address(endpoint.address.host)
        return replace(endpoint, address=told) if told.plain else endpoint


def by_host(addresses: Iterable[RegistryAddress]) -> dict[str, RegistryAddress]:
    """Return registries by their hosts. Of one that was given with and without TLS, the first one counts.

    They are given in the order of the places that they come from, of which the first one always wins.
    """
    found: dict[str, RegistryAddress] = {}
    for address in addresses:
        found.setdefault(address.host, address)
    return found
