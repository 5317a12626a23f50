"""What a person can browse: one small class for each kind of registry, behind one protocol."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol
from urllib.parse import urlsplit

import requests

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB, is_registry
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry import github, gitlab, hub, listing, quay
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.challenge import Challenge
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.gitea import Gitea
from wyrcan_tui.registry.github import GitHub
from wyrcan_tui.registry.gitlab import GitLab
from wyrcan_tui.registry.harbor import Harbor
from wyrcan_tui.registry.hub import DockerHub
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.login import Login
from wyrcan_tui.registry.quay import Quay
from wyrcan_tui.registry.transport import TIMEOUT, Transport, bases, session


class Catalog(Protocol):
    """A registry as something to look around in. Pages come as they are asked for, never before; some are empty."""

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of repositories that have to do with `text`, by whatever the registry understands by that.

        Raises:
            WyrcanError: ``catalog-closed`` where the registry does not tell, and what reaching it raises.
        """

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of repositories.

        Raises:
            WyrcanError: ``catalog-closed`` where the registry does not tell, and what reaching it raises.
        """

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags. No manifest is read for it: Docker Hub counts those.

        Raises:
            WyrcanError: ``repository-missing``, and what reaching the registry raises.
        """


def catalog(address: RegistryAddress, meter: Meter, login: Login | None = None) -> Catalog:
    """Return the catalog of a registry; nothing is asked yet. `login` is who the person is there, if anybody."""
    transport = Transport(address, meter)
    token = login.bearer if login else ""
    if address.host == DOCKER_HUB:
        return DockerHub(transport, Api(Transport(RegistryAddress(hub.API_HOST), meter)))
    if address.host == github.HOST:
        return GitHub(transport, Api(Transport(RegistryAddress(github.API_HOST), meter), token))
    if address.host == gitlab.HOST:
        return GitLab(transport, Api(Transport(RegistryAddress(gitlab.API_HOST), meter), token))
    if address.host == quay.HOST:
        return Quay(transport, Api(transport, _for_quay(login)))
    return Unknown(transport, meter, login)


class Unknown(Distribution):
    """A registry whose name does not tell its kind: where the protocol does not suffice, it is asked for that."""

    def __init__(self, transport: Transport, meter: Meter, login: Login | None) -> None:
        super().__init__(transport)
        self._meter = meter
        self._login = login

    def search(self, text: str) -> Iterator[Page[Repository]]:
        """Yield pages of what the registry finds (see `Catalog`)."""
        yield from self._kind.search(text)

    def repositories(self) -> Iterator[Page[Repository]]:
        """Yield pages of repositories, from the vendor where the protocol's catalog is closed (see `Catalog`)."""
        return listing.either(super().repositories(), self._of_vendor, ("catalog-closed",))

    def tags(self, repository: str) -> Iterator[Page[Tag]]:
        """Yield pages of tags (see `Catalog`)."""
        yield from self._kind.tags(repository)

    def _of_vendor(self) -> Iterator[Page[Repository]]:
        yield from self._kind.repositories()

    @cached_property
    def _kind(self) -> Distribution:
        """The class that knows this registry: where tokens come from, and for what, is each vendor's own."""
        self._meter.check()
        address = self._transport.address
        challenge = _challenge(address)
        realm = urlsplit(challenge.realm)
        both = Api(self._transport, self._login.basic if self._login else "")
        match realm.path, challenge.service:
            case "/service/token", "harbor-registry":
                return Harbor(self._transport, both)
            case "/v2/token", "container_registry":
                return Gitea(self._transport, both)
            case "/v2/auth", _:
                return Quay(self._transport, Api(self._transport, _for_quay(self._login)))
            case "/jwt/auth", "container_registry" if is_registry(realm.netloc):
                # GitLab's registry has a name or a port of its own. A login never goes out in plain that came for TLS.
                there = RegistryAddress(realm.netloc, plain=address.plain and realm.scheme == "http")
                return GitLab(
                    self._transport, Api(Transport(there, self._meter), self._login.bearer if self._login else "")
                )
        return Distribution(self._transport)


def _for_quay(login: Login | None) -> str:
    return login.bearer if login and login.user == quay.TOKEN_USER else ""


def _challenge(address: RegistryAddress) -> Challenge:
    """Return how a registry asks for a token; an empty challenge where it does not, or does not answer now."""
    for base in bases(address):
        try:
            with session().get(f"{base}/v2/", timeout=TIMEOUT, stream=True, allow_redirects=False) as response:
                return Challenge.parse(response.headers.get("WWW-Authenticate", ""))
        except requests.RequestException:
            continue
    return Challenge("")
