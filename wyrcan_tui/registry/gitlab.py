"""GitLab, gitlab.com as well as anybody's (GitLab REST API, "Container registry" and "Projects").

It lists the registry of a group or of a project, never all there are. Of tags its list tells no more than the
protocol does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from wyrcan_tui.oci.reference import is_repository
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository
from wyrcan_tui.registry.listing import PAGE, Page
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import _

HOST: Final = "registry.gitlab.com"
API_HOST: Final = "gitlab.com"

_PROJECTS: Final = 10
"""Projects that are asked for at a time: each costs a request for its registry, before anything is seen."""


class GitLab(Distribution):
    """A GitLab registry (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api) -> None:
        super().__init__(transport)
        self._api = api

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what a group has, or the projects with `text` in their paths."""
        path = text.strip("/")
        group = listing.either(
            self._registry("groups", quote(path, safe="")),
            lambda: self._of_projects({"search": path, "search_namespaces": "true"}),
        )
        return self._told(group)

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of what the own projects have: GitLab lists nobody else's unasked."""
        if not self._api.has_login:
            host = self._transport.address.host
            message = _("The registry {host} lists a group or a project only, or what is one's own.").format(host=host)
            raise listing.closed(self._transport.address, message, host=host)
        return self._told(self._of_projects({"membership": "true"}))

    def _of_projects(self, query: dict[str, str]) -> Iterator[Page[Repository]]:
        asked = urlencode({**query, "simple": "true", "per_page": _PROJECTS})
        for page in self._api.lists(f"/api/v4/projects?{asked}"):
            found: list[Repository] = []
            for number in (project.count("id") for project in page.items):
                # Where a project has no registry, or not for us, there is nothing to show.
                for part in listing.either(self._registry("projects", str(number)), lambda: iter(())):
                    found += part.items
                    if len(found) >= PAGE:
                        yield Page(found, more=True)
                        found = []
            yield Page(found, page.more)

    def _registry(self, kind: str, whose: str) -> Iterator[Page[Repository]]:
        for page in self._api.lists(f"/api/v4/{kind}/{whose}/registry/repositories?per_page={PAGE}"):
            found = [Repository(entry.name("path")) for entry in page.items]
            yield Page([repository for repository in found if is_repository(repository.name)], page.more)
