"""``wyrcan tags``: a repository's tags."""

from __future__ import annotations

from argparse import Namespace

from wyrcan_tui.cli.words import site_of
from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _


def run(arguments: Namespace, adapters: Adapters) -> int:
    """List a repository's tags, the newest or highest first."""
    reference = parse_reference(arguments.repository)
    if not isinstance(reference, RegistryReference):
        message = _("{reference} is not a repository in a registry.").format(reference=repr(arguments.repository))
        raise WyrcanError("reference-invalid", message)
    site = site_of(arguments, adapters, reference)
    pages = browse.tags(site.address(reference.registry), reference.repository, site, Meter())
    for tag in browse.newest_first(tag for page in pages for tag in page.items):
        print(printable(tag.name))
    return 0
