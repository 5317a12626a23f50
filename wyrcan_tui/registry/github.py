"""GitHub's registry, ghcr.io (GitHub REST API, "Packages"): who has no token there, it tells names of tags only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.listing import PAGE, Page
from wyrcan_tui.registry.transport import Transport

HOST: Final = "ghcr.io"
API_HOST: Final = "api.github.com"


class GitHub(Distribution):
    """GitHub's registry (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api) -> None:
        super().__init__(transport)
        self._api = api

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what ``OWNER``, an organization or a user, has, or of ``OWNER/PART``: GitHub finds no more."""
        owner, _, part = text.lower().partition("/")
        name = quote(owner, safe="")
        packages = listing.either(
            self._packages(f"/orgs/{name}/packages", part), lambda: self._packages(f"/users/{name}/packages", part)
        )
        return self._told(packages)

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of the own repositories: GitHub tells whose token it is, and lists nobody else's unasked."""
        return self._told(self._packages("/user/packages", ""))

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags: with a token the newest first, else by their names alone."""
        if not self._api.has_login:
            return super().tags(repository)
        owner, _, name = repository.partition("/")
        below = f"{quote(owner, safe='')}/packages/container/{quote(name, safe='')}/versions"
        versions = listing.either(self._versions(f"/orgs/{below}"), lambda: self._versions(f"/users/{below}"))
        return self._or_names(versions, repository)

    def _packages(self, path: str, part: str) -> Iterator[Page[Repository]]:
        for page in self._api.lists(f"{path}?package_type=container&per_page={PAGE}"):
            found = [
                Repository(
                    # GitHub's names have capitals, its references none.
                    f"{entry.inner('owner').name('login')}/{entry.name('name')}".lower(),
                    entry.inner("repository").text("description"),
                    updated=entry.time("updated_at"),
                )
                for entry in page.items
                if part in entry.name("name").lower()
            ]
            yield Page([repository for repository in found if is_repository(repository.name)], page.more)

    def _versions(self, path: str) -> Iterator[Page[Tag]]:
        for page in self._api.lists(f"{path}?per_page={PAGE}"):
            found = [
                Tag(name, entry.time("updated_at"))
                for entry in page.items
                for name in entry.inner("metadata").inner("container").names("tags")
            ]
            yield Page([tag for tag in found if is_tag(tag.name)], page.more)
