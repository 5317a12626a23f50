"""Quay, quay.io as well as Red Hat Quay (Red Hat Quay API reference: "search", "repository", "tag")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, urlencode

from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.fields import Fields
from wyrcan_tui.registry.listing import PAGE, Page
from wyrcan_tui.registry.transport import Transport

HOST: Final = "quay.io"
TOKEN_USER: Final = "$oauthtoken"
"""The user in whose name Quay takes an access token instead of a password; its API takes nothing else."""


class Quay(Distribution):
    """A Quay registry (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api) -> None:
        super().__init__(transport)
        self._api = api

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what Quay finds ("conductRepoSearch")."""
        path = f"/api/v1/find/repositories?{urlencode({'query': text})}"
        return self._told(self._repositories(self._api.walk(f"{path}&page=1", _next_number(path)), "results"))

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of all public repositories ("listRepos"), and of the own ones where there is a login."""
        path = "/api/v1/repository?public=true&last_modified=true"

        def following(answer: Fields) -> str:
            token = answer.name("next_page")
            return f"{path}&next_page={quote(token, safe='')}" if token else ""

        return self._told(self._repositories(self._api.walk(path, following), "repositories"))

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, the newest first ("listRepoTags")."""
        path = f"/api/v1/repository/{quote(repository)}/tag/?onlyActiveTags=true&limit={PAGE}"
        return self._or_names(self._tags(path), repository)

    def _repositories(self, answers: Iterator[tuple[Fields, bool]], key: str) -> Iterator[Page[Repository]]:
        for answer, more in answers:
            found = [_repository(entry) for entry in answer.entries(key) if entry.name("kind") != "application"]
            yield Page([repository for repository in found if is_repository(repository.name)], more)

    def _tags(self, path: str) -> Iterator[Page[Tag]]:
        for answer, more in self._api.walk(f"{path}&page=1", _next_number(path)):
            found = [
                # The size of an image for several machines is null here.
                Tag(entry.name("name"), entry.time("start_ts"), entry.count("size"))
                for entry in answer.entries("tags")
            ]
            yield Page([tag for tag in found if is_tag(tag.name)], more)


def _next_number(path: str) -> Callable[[Fields], str]:
    def following(answer: Fields) -> str:
        # Past the last page that it gives, Quay gives that one again, by its number: so the walk ends there.
        return f"{path}&page={(answer.count('page') or 0) + 1}" if answer.flag("has_additional") else ""

    return following


def _repository(entry: Fields) -> Repository:
    # The search tells of the namespace as an object, the list by its name.
    namespace = entry.inner("namespace").name("name") or entry.name("namespace")
    return Repository(
        f"{namespace}/{entry.name('name')}",
        entry.text("description"),
        stars=entry.count("stars"),
        updated=entry.time("last_modified"),
    )
