"""Harbor (its ``api/v2.0/swagger.yaml``: "listAllRepositories", "listArtifacts")."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.fields import Fields
from wyrcan_tui.registry.listing import PAGE, Page
from wyrcan_tui.registry.transport import Transport


class Harbor(Distribution):
    """A Harbor registry (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api) -> None:
        super().__init__(transport)
        self._api = api

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of repositories with `text` in their names."""
        return self._repositories({"q": f"name=~{text}"})

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of all public repositories, and of the own ones where there is a login."""
        return self._repositories({})

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, the newest first."""
        project, _, name = repository.partition("/")
        # "If it contains slash, encode it twice over with URL encoding."
        where = f"/api/v2.0/projects/{quote(project, safe='')}/repositories/{quote(quote(name, safe=''), safe='')}"
        asked = urlencode({"q": "tags=*", "sort": "-push_time", "page": 1, "page_size": PAGE})
        return self._or_names(self._tags(f"{where}/artifacts?{asked}"), repository)

    def _repositories(self, query: dict[str, str]) -> Iterator[Page[Repository]]:
        asked = urlencode({**query, "page": 1, "page_size": PAGE})
        return self._told(self._listed(f"/api/v2.0/repositories?{asked}"))

    def _listed(self, path: str) -> Iterator[Page[Repository]]:
        for page in self._api.lists(path):
            found = [
                Repository(
                    entry.name("name"),
                    entry.text("description"),
                    pulls=entry.count("pull_count"),
                    updated=entry.time("update_time"),
                )
                for entry in page.items
            ]
            yield Page([repository for repository in found if is_repository(repository.name)], page.more)

    def _tags(self, path: str) -> Iterator[Page[Tag]]:
        for page in self._api.lists(path):
            yield Page([tag for artifact in page.items for tag in _tags(artifact) if is_tag(tag.name)], page.more)


def _tags(artifact: Fields) -> Iterator[Tag]:
    """Yield the tags of an artifact, which are those of an image, or of an index of several."""
    machines = [reference.inner("platform").text("architecture") for reference in artifact.entries("references")]
    machines = machines or [artifact.inner("extra_attrs").text("architecture")]
    known = tuple(dict.fromkeys(machine for machine in machines if machine and machine != "unknown"))
    for tag in artifact.entries("tags"):
        updated = tag.time("push_time") or artifact.time("push_time")
        yield Tag(tag.name("name"), updated, artifact.count("size"), known)
