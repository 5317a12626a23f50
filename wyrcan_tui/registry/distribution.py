"""Any registry, by the OCI distribution protocol alone; the vendors' classes stand on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wyrcan_tui.registry import listing
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.transport import Transport

_REFUSALS: Final = (*listing.NOT_TOLD, "registry-login-refused", "registry-busy", "registry-error")
"""What the API of a registry that can be reached may fail with, while the registry itself goes on working."""


class Distribution:
    """A registry that speaks the OCI distribution protocol (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield the catalog's pages with what has `text` in its name: the protocol knows no search."""
        for page in self.repositories():
            yield Page([found for found in page.items if text.lower() in found.name], page.more)

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of repositories, of which the protocol tells the names only."""
        for page in listing.repositories(self._transport):
            yield Page([Repository(name) for name in page.items], page.more)

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, of which the protocol tells the names only."""
        for page in listing.tags(self._transport, repository):
            yield Page([Tag(name) for name in page.items], page.more)

    def _or_names(self, pages: Iterator[Page[Tag]], repository: str) -> Iterator[Page[Tag]]:
        """Pass on what a vendor's API tells of tags; where it refuses from the start, at least the names."""
        bounded = listing.bounded(pages, self._transport.address)
        return listing.either(bounded, lambda: Distribution.tags(self, repository), _REFUSALS)

    def _told(self, pages: Iterator[Page[Repository]]) -> Iterator[Page[Repository]]:
        """Pass on what a vendor's API tells of repositories; where it refuses, the catalog is closed."""
        address = self._transport.address
        return listing.told(listing.bounded(pages, address), address)
