"""Gitea and Forgejo (Gitea API, "listPackages"); their registries list what there is by the protocol, too."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.fields import Fields
from wyrcan_tui.registry.listing import PAGE, Page
from wyrcan_tui.registry.transport import Transport


class Gitea(Distribution):
    """A Gitea or Forgejo registry (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api) -> None:
        super().__init__(transport)
        self._api = api

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what an owner has, for ``OWNER/`` or ``OWNER/PART``; else of the catalog with `text` in it."""
        owner, slash, part = text.partition("/")
        if not slash:
            return super().search(text)
        packages = listing.bounded(self._packages(owner, part), self._transport.address)
        return listing.either(packages, lambda: super(Gitea, self).search(text))

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, the newest first."""
        return self._or_names(self._tags(repository), repository)

    def _packages(self, owner: str, part: str) -> Iterator[Page[Repository]]:
        seen: set[str] = set()
        for page in self._versions(owner, part):
            fresh: list[Repository] = []
            for name, entry in page.items:
                # Each version of a package is an entry of its own; the newest comes first.
                if name not in seen and is_repository(name):
                    seen.add(name)
                    fresh.append(Repository(name, updated=entry.time("created_at")))
            yield Page(fresh, page.more)

    def _tags(self, repository: str) -> Iterator[Page[Tag]]:
        owner, _, part = repository.partition("/")
        for page in self._versions(owner, part):
            found = [
                Tag(entry.name("version"), entry.time("created_at"))
                for name, entry in page.items
                # What is found has the name somewhere in its own.
                if name == repository
            ]
            # A manifest without a tag is a version, too, by its digest.
            yield Page([tag for tag in found if is_tag(tag.name)], page.more)

    def _versions(self, owner: str, part: str) -> Iterator[Page[tuple[str, Fields]]]:
        """Yield versions of an owner's images whose names have `part` in them, each with its repository."""
        asked = urlencode({"type": "container", "q": part, "page": 1, "limit": PAGE})
        for page in self._api.lists(f"/api/v1/packages/{quote(owner, safe='')}?{asked}"):
            yield Page([(f"{owner}/{entry.name('name')}".lower(), entry) for entry in page.items], page.more)
