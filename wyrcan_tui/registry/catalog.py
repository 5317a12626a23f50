"""What a person can browse: one small class for each kind of registry, behind one protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import requests

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.body import parse_json, read_bounded
from wyrcan_tui.registry.failure import unreachable
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.session import session
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

HUB_API: Final = "https://hub.docker.com"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and when it was last pushed, where the registry tells."""

    name: str
    updated: datetime | None = None


class Catalog(Protocol):
    """A registry as something to look around in. Pages come as they are asked for, never before."""

    def repositories(self) -> Iterator[Page[str]]:
        """Yield pages of repository names.

        Raises:
            WyrcanError: ``catalog-closed`` where the registry does not tell, and what reaching it raises.
        """

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags.

        Raises:
            WyrcanError: ``repository-missing``, and what reaching the registry raises.
        """


class Distribution:
    """Any registry that speaks the OCI distribution protocol and nothing else."""

    def __init__(self, address: RegistryAddress, site: Site, meter: Meter) -> None:
        self._transport = Transport(address, site, meter)

    def repositories(self) -> Iterator[Page[str]]:
        """Yield pages of repository names (see `Catalog`)."""
        return listing.repositories(self._transport)

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, without times: the protocol has none (see `Catalog`)."""
        for page in listing.tags(self._transport, repository):
            yield Page([Tag(name) for name in page.items], page.more)


class DockerHub(Distribution):
    """Docker Hub, which tells when tags were pushed (Docker Hub API, "List repository tags")."""

    def __init__(self, site: Site, meter: Meter, api: str = HUB_API) -> None:
        super().__init__(RegistryAddress(DOCKER_HUB), site, meter)
        self._api = api
        self._meter = meter
        self._session = session(site)

    def repositories(self) -> Iterator[Page[str]]:
        """Raise, as Docker Hub lists nothing unasked (see `Catalog`)."""
        raise WyrcanError(
            "catalog-closed",
            "Docker Hub has too many repositories to list them.",
            hint="Type the reference instead, for example docker.io/library/debian:13.",
        )

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags, the newest first (see `Catalog`)."""
        return listing.bounded(self._tags(repository), self._transport.address)

    def _tags(self, repository: str) -> Iterator[Page[Tag]]:
        url = f"{self._api}/v2/repositories/{repository}/tags?page_size={listing.PAGE}&ordering=last_updated"
        while url:
            self._meter.check()
            try:
                response = self._session.get(url, timeout=30, stream=True)
            except requests.RequestException as error:
                raise unreachable(self._transport.address, error) from error
            if response.status_code != requests.codes.ok:
                # The API has troubles and limits of its own; the registry itself still lists the names.
                response.close()
                yield from super().tags(repository)
                return
            page = parse_json(read_bounded(response), self._transport.address)
            results = page.get("results")
            following = page.get("next")
            url = following if isinstance(following, str) else ""
            entries = results if isinstance(results, list) else []
            yield Page([_hub_tag(entry) for entry in entries if isinstance(entry, dict)], bool(url))


def catalog(address: RegistryAddress, site: Site, meter: Meter) -> Catalog:
    """Return the catalog of a registry."""
    return DockerHub(site, meter) if address.host == DOCKER_HUB else Distribution(address, site, meter)


def _hub_tag(entry: dict[str, object]) -> Tag:
    try:
        updated = datetime.fromisoformat(str(entry.get("last_updated")))
    except ValueError:
        updated = None
    return Tag(str(entry.get("name")), updated)
