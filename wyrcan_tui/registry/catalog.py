"""What a person can browse: one small class for each kind of registry, behind one protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, Protocol
from urllib.parse import urlsplit

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB, is_registry
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry import github, gitlab, hub, listing, quay
from wyrcan_tui.registry.answer import UnansweredError
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.challenge import Challenge
from wyrcan_tui.registry.client import Client
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.gitea import Gitea
from wyrcan_tui.registry.github import GitHub
from wyrcan_tui.registry.gitlab import GitLab
from wyrcan_tui.registry.harbor import Harbor
from wyrcan_tui.registry.hub import DockerHub
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.quay import Quay
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport, bases

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What can be a bearer token (RFC 6750, 2.1)."""


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


def catalog(address: RegistryAddress, site: Site, meter: Meter) -> Catalog:
    """Return the catalog of a registry; nothing is asked yet."""
    transport = Transport(address, site, meter)

    def elsewhere(host: str) -> Transport:
        return Transport(RegistryAddress(host), site, meter)

    credential = site.credentials.find(address.host)
    if address.host == DOCKER_HUB:
        return DockerHub(transport, Api(elsewhere(hub.API_HOST)), site, meter)
    if address.host == github.HOST:
        return GitHub(transport, Api(elsewhere(github.API_HOST), _token(credential)))
    if address.host == gitlab.HOST:
        return GitLab(transport, Api(elsewhere(gitlab.API_HOST), _token(credential)))
    if address.host == quay.HOST:
        return Quay(transport, Api(transport, _quay_token(credential)))
    return Unknown(transport, site, meter)


class Unknown(Distribution):
    """A registry whose name does not tell its kind: where the protocol does not suffice, it is asked for that."""

    def __init__(self, transport: Transport, site: Site, meter: Meter) -> None:
        super().__init__(transport)
        self._site = site
        self._meter = meter

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
        transport, address = self._transport, self._transport.address
        credential = self._site.credentials.find(address.host)
        challenge = _challenge(address, self._site, self._meter)
        scheme, host, path = _parts(challenge.realm)
        match path, challenge.service:
            case "/service/token", "harbor-registry":
                return Harbor(transport, Api(transport, _password(credential)))
            case "/v2/token", "container_registry":
                return Gitea(transport, Api(transport, _password(credential)))
            case "/v2/auth", _:
                return Quay(transport, Api(transport, _quay_token(credential)))
            case "/jwt/auth", "container_registry" if is_registry(host):
                # GitLab's registry has a name or a port of its own. A token never goes out in plain that came for TLS.
                there = RegistryAddress(host, plain=address.plain and scheme == "http")
                return GitLab(transport, Api(Transport(there, self._site, self._meter), _token(credential)))
        return Distribution(transport)


def _password(credential: Credential | None) -> str:
    return credential.basic if credential and credential.password else ""


def _token(credential: Credential | None) -> str:
    """Return the ``Authorization`` for who logs in with an access token in place of a password (RFC 6750)."""
    # What can be no token is a password, of which these hosts know nothing.
    return f"Bearer {credential.password}" if credential and _TOKEN.fullmatch(credential.password) else ""


def _quay_token(credential: Credential | None) -> str:
    return _token(credential) if credential and credential.user == quay.TOKEN_USER else ""


def _challenge(address: RegistryAddress, site: Site, meter: Meter) -> Challenge:
    """Return how a registry asks for a token; an empty challenge where it does not, or does not answer now."""
    for base in bases(address):
        try:
            with Client(site, meter).get(f"{base}/v2/", follow=False) as answer:
                return Challenge.parse(answer.headers.get("WWW-Authenticate", ""))
        except UnansweredError:
            continue
    return Challenge("")


def _parts(url: str) -> tuple[str, str, str]:
    """Return scheme, host and path of a URL that nobody vouches for."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.scheme, parts.netloc, parts.path
