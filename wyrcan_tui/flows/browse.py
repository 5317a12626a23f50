"""Looking around: registries, repositories, tags, and what an image is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property, partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.source import from_sound_places, open_source, pinned, says_nothing
from wyrcan_tui.image.engine import Bootable, examine
from wyrcan_tui.image.resolve import Image, resolve
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.kernel.version import version_key
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import Reference, RegistryReference, parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.catalog import catalog
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.hub import DockerHub, Quota
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _, later

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def repositories(address: RegistryAddress, text: str, site: Site, meter: Meter) -> Iterator[Page[Repository]]:
    """Yield pages of a registry's repositories; of those that have to do with `text` where that is not empty.

    Raises:
        WyrcanError: ``catalog-closed`` where the registry does not tell, ``registry-blocked``, and what reaching it
            raises.
    """
    registry = catalog(site.listed_at(address), site, meter)
    return registry.search(text) if text else registry.repositories()


def tags(address: RegistryAddress, repository: str, site: Site, meter: Meter) -> Iterator[Page[Tag]]:
    """Yield pages of a repository's tags.

    Raises:
        WyrcanError: ``repository-missing``, ``registry-blocked``, and what reaching the registry raises.
    """
    own = site.endpoints(RegistryReference(address.host, repository, "latest"))[-1]
    return catalog(own.address, site, meter).tags(own.repository)


def repository_named(name: str, address: RegistryAddress) -> str | None:
    """Return the repository of a registry that somebody calls so; None where it can be no repository's name."""
    try:
        reference = parse_reference(f"{address.host}/{name}:x") if name and ":" not in name else None
    except WyrcanError:
        return None
    return reference.repository if isinstance(reference, RegistryReference) else None


class TagOrder(Enum):
    """The orders that tags can be shown in; `str` has their words in the language of now."""

    NEWEST = later("newest first")
    VERSION = later("highest version first")
    NAME = later("by name")

    def __str__(self) -> str:
        return _(self.value)


def tag_orders(found: Collection[Tag]) -> list[TagOrder]:
    """Return the orders that make sense for these tags, the usual one first; not every registry tells their dates."""
    return [order for order in TagOrder if order is not TagOrder.NEWEST or any(tag.updated for tag in found)]


def in_order(found: Iterable[Tag], order: TagOrder) -> list[Tag]:
    """Return tags in this order; of those that are equally new, the highest version comes first."""
    match order:
        case TagOrder.NEWEST:
            return newest_first(found)
        case TagOrder.VERSION:
            return sorted(found, key=lambda tag: version_key(tag.name), reverse=True)
        case TagOrder.NAME:
            return sorted(found, key=lambda tag: tag.name)


def newest_first(found: Iterable[Tag]) -> list[Tag]:
    """Return tags with the newest first where the registry tells, else the highest version."""
    return sorted(found, key=lambda tag: (tag.updated or _NEVER, version_key(tag.name)), reverse=True)


def quota(address: RegistryAddress, site: Site, meter: Meter) -> Quota | None:
    """Return how many images may still be pulled, where the registry limits that and tells.

    Raises:
        WyrcanError: what reaching the registry raises.
    """
    registry = catalog(site.listed_at(address), site, meter)
    return registry.quota() if isinstance(registry, DockerHub) else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an image can be booted here: what it boots with, or why not (one of both is None)."""

    bootable: Bootable | None
    refusal: WyrcanError | None


class Inspection:
    """One image, looked at: first what its manifest tells, then, with all layers read, whether it boots."""

    def __init__(self, reference: Reference, site: Site, platform: Platform, meter: Meter) -> None:
        self._reference = reference
        self._site = site
        self._platform = platform
        self._meter = meter

    @cached_property
    def _source(self) -> BlobSource:
        # Not before it is read: opening one reads files, too, and may fail.
        return open_source(self._reference, self._site, self._meter)

    def resolve(self) -> Image:
        """Return what manifest and configuration tell.

        Raises:
            WyrcanError: what `open_source` and `resolve` raise.
        """
        find = partial(resolve, self._source, self._platform, pinned(self._reference))
        return from_sound_places(self._source, find)

    def verdict(self, image: Image) -> Verdict:
        """Read the image's layers and tell whether it boots.

        Raises:
            WyrcanError: where they cannot be read, which says nothing about the image.
            CancelledError: where somebody asked to stop.
        """
        try:
            look = partial(examine, self._source, image, self._meter)
            return Verdict(from_sound_places(self._source, look), None)
        except WyrcanError as error:
            if says_nothing(error):
                raise
            return Verdict(None, error)
