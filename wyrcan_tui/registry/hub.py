"""Docker Hub: a search, tags with all there is to know about them, and how many pulls are left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urljoin

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import UnansweredError
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.client import Client
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.failure import unreachable
from wyrcan_tui.registry.fields import Fields
from wyrcan_tui.registry.listing import PAGE, Page, path_of
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import _

API_HOST: Final = "hub.docker.com"

_PREVIEW: Final = "ratelimitpreview/test"
"""The repository that Docker made for asking about the limit."""
_LIMIT = re.compile(r"([0-9]{1,9})(?:;w=([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Quota:
    """How many images may be pulled in a time of `seconds` (0 where that is not told), and how many are left."""

    limit: int
    remaining: int
    seconds: int = 0

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Quota | None:
        """Read the headers of an answer; None where they set no limit."""
        limit = _LIMIT.match(headers.get("ratelimit-limit", ""))
        remaining = _LIMIT.match(headers.get("ratelimit-remaining", ""))
        return cls(int(limit[1]), int(remaining[1]), int(limit[2] or 0)) if limit and remaining else None


class DockerHub(Distribution):
    """Docker Hub (see `Catalog` for what the methods do)."""

    def __init__(self, transport: Transport, api: Api, site: Site, meter: Meter) -> None:
        super().__init__(transport)
        self._api = api
        self._site = site
        self._meter = meter

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what Docker Hub finds, official images first in each.

        ``/v2/search/repositories/`` is what Docker's own site searches by; the published API has nothing instead.
        """
        path = f"/v2/search/repositories/?{urlencode({'query': text, 'page_size': PAGE})}"
        return self._told(self._found(path))

    def repositories(self) -> Iterator[Page[Repository]]:
        """Raise, as Docker Hub lists nothing unasked."""
        raise WyrcanError(
            "catalog-closed",
            _("Docker Hub has too many repositories to list them."),
            hint=_("Type the reference instead, for example docker.io/library/debian:13."),
        )

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, the newest first (Docker Hub API, "List repository tags")."""
        namespace, _slash, name = repository.partition("/")
        path = f"/v2/namespaces/{quote(namespace)}/repositories/{quote(name)}/tags?page_size={PAGE}"
        return self._or_names(self._tags(path), repository)

    def quota(self) -> Quota | None:
        """Return how many pulls are left, or None where they are not limited, as for those who pay.

        Docker's manual, "Docker Hub pull usage and limits": HEAD for a manifest tells it and is no pull itself.

        Raises:
            WyrcanError: what reaching the registry raises.
        """
        # This brings what the HEAD needs: where the registry is, and a token, with the login where there is one.
        asked = self._transport.get(f"{_PREVIEW}/tags/list?n=1", scope=f"repository:{_PREVIEW}:pull")
        asked.close()
        token = asked.request.headers.get("Authorization")
        try:
            shown = {"Authorization": token} if token else {}
            with Client(self._site, self._meter).head(urljoin(asked.url, "../manifests/latest"), shown) as answer:
                return Quota.read(answer.headers)
        except UnansweredError as error:
            raise unreachable(self._transport.address, error) from error

    def _found(self, path: str) -> Iterator[Page[Repository]]:
        for answer, more in self._api.walk(path, _next):
            found = [_repository(entry) for entry in answer.entries("results")]
            kept = [repository for repository in found if is_repository(repository.name)]
            yield Page(sorted(kept, key=lambda repository: not repository.official), more)

    def _tags(self, path: str) -> Iterator[Page[Tag]]:
        for answer, more in self._api.walk(path, _next):
            yield Page([_tag(entry) for entry in answer.entries("results") if is_tag(entry.name("name"))], more)


def _next(answer: Fields) -> str:
    return path_of(answer.name("next"))


def _repository(entry: Fields) -> Repository:
    name = entry.name("repo_name")
    return Repository(
        # Official images are told by their short name, which stands for one in "library".
        name if "/" in name or not name else f"library/{name}",
        entry.text("short_description"),
        entry.flag("is_official"),
        entry.count("star_count"),
        entry.count("pull_count"),
    )


def _tag(entry: Fields) -> Tag:
    machines = (
        "/".join(filter(None, (image.text("architecture"), image.text("variant")))) for image in entry.entries("images")
    )
    return Tag(
        entry.name("name"),
        entry.time("tag_last_pushed") or entry.time("last_updated"),
        entry.count("full_size"),
        # What is signed or told about an image is one more image to Docker Hub, for an unknown machine.
        tuple(dict.fromkeys(machine for machine in machines if machine and machine != "unknown")),
    )
