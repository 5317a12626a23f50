"""What the words of a command and this system together say about an image."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.request import getproxies_environment

from wyrcan_tui.cli.printing import tell
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import Reference, RegistryReference, parse_reference
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.registry.site import Site

if TYPE_CHECKING:
    from wyrcan_tui.flows.boot import Order


def order_of(arguments: Namespace, adapters: Adapters) -> Order:
    """Return what to do with the image that was named: the words that were given with it, and how it is reached.

    Raises:
        WyrcanError: ``reference-invalid``, ``proxy-invalid``.
    """
    # Imported here: with it comes all that boots, which not every command needs.
    from wyrcan_tui.flows.boot import Order  # noqa: PLC0415

    reference = parse_reference(arguments.image)
    return Order(reference, tuple(getattr(arguments, "arg", ())), site_of(arguments, adapters, reference))


def site_of(arguments: Namespace, adapters: Adapters, reference: Reference | None) -> Site:
    """Return how registries are reached from here.

    Raises:
        WyrcanError: ``proxy-invalid``.
    """
    return decision_of(arguments, adapters, reference).site


def decision_of(arguments: Namespace, adapters: Adapters, reference: Reference | None) -> Decision:
    """Return what this system was told; the environment's proxy counts where nothing else tells of one.

    Raises:
        WyrcanError: ``proxy-invalid``.
    """
    decision = Instructions(adapters).read()
    for problem in decision.problems:
        tell(str(problem))
    site = decision.site
    environment = getproxies_environment()
    proxy = site.proxy if site.proxy.url else Proxy.parse(environment.get("https", ""), environment.get("no", ""))
    addresses = (*said_to_be_plain(arguments, reference), *site.addresses)
    return replace(decision, site=replace(site, addresses=addresses, proxy=proxy))


def said_to_be_plain(arguments: Namespace, reference: Reference | None) -> tuple[RegistryAddress, ...]:
    """Return the registry of the image where ``--plain-http`` was given with it, and else nothing."""
    if arguments.plain_http and isinstance(reference, RegistryReference):
        return (RegistryAddress(reference.registry, plain=True),)
    return ()
