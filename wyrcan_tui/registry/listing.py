"""What a registry has: repositories and tags, page by page (OCI distribution-spec 1.1, "Content Discovery").

``_catalog`` is Docker's (registry HTTP API v2, "Listing Repositories"); many public registries keep it closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.body import parse_json, read_bounded
from wyrcan_tui.registry.transport import Transport

PAGE: Final = 100
"""Entries that are asked for at a time."""
_MOST: Final = 100_000
"""Entries of the longest listing: no person looks through more, and one that never ends would fill the memory."""
_LONGEST_NAME: Final = 255
"""Characters of the longest name that is listed: a longer one fits into no reference (distribution's `reference`)."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a listing, and whether there is more behind it."""

    items: list[Item]
    more: bool = False


def repositories(transport: Transport) -> Iterator[Page[str]]:
    """Yield the names of all repositories in pages, in the registry's order.

    Raises:
        WyrcanError: ``catalog-closed`` where the registry does not list them, and what `bounded` and `Transport.get`
            raise.
    """
    try:
        pages = _pages(transport, f"_catalog?n={PAGE}", "registry:catalog:*", "repositories")
        yield from bounded(pages, transport.address)
    except WyrcanError as error:
        if error.code not in ("registry-denied", "registry-missing"):
            raise
        raise WyrcanError(
            "catalog-closed",
            f"The registry {transport.address.host} does not list its repositories.",
            hint=f"Type the reference instead: {transport.address.host}/REPOSITORY:TAG.",
        ) from error


def tags(transport: Transport, repository: str) -> Iterator[Page[str]]:
    """Yield the names of all tags of a repository in pages, in the registry's order (by the spec: lexical).

    Raises:
        WyrcanError: ``repository-missing``, and what `bounded` and `Transport.get` raise.
    """
    try:
        pages = _pages(transport, f"{repository}/tags/list?n={PAGE}", f"repository:{repository}:pull", "tags")
        yield from bounded(pages, transport.address)
    except WyrcanError as error:
        if error.code != "registry-missing":
            raise
        raise WyrcanError(
            "repository-missing",
            f"The registry {transport.address.host} has no repository {repository}.",
            hint="Check its name, or choose one from the list.",
        ) from error


def bounded(pages: Iterator[Page[Item]], address: RegistryAddress) -> Iterator[Page[Item]]:
    """Pass the pages of a listing on as long as they bring no more than anybody could look through.

    Raises:
        WyrcanError: ``registry-endless``.
    """
    entries = 0
    for page in pages:
        # One that brings little has cost a request all the same.
        entries += max(PAGE, len(page.items))
        if entries > _MOST:
            raise WyrcanError(
                "registry-endless",
                f"The registry {address.host} lists more than {_MOST} entries and may never end.",
                hint=f"Type the reference instead: {address.host}/REPOSITORY:TAG.",
            )
        yield page


def _pages(transport: Transport, path: str, scope: str, key: str) -> Iterator[Page[str]]:
    seen: set[str] = set()
    while path:
        seen.add(path)
        response = transport.get(path, scope=scope)
        following = response.links.get("next", {}).get("url", "")
        names = parse_json(read_bounded(response), transport.address).get(key)
        # An empty repository has null instead of a list (distribution, registry/handlers/tags.go).
        path = _below_v2(response.url, following) if following else ""
        # A listing that comes back to where it was would never end.
        if path in seen:
            path = ""
        found = [str(name) for name in names] if isinstance(names, list) else []
        yield Page([name for name in found if len(name) <= _LONGEST_NAME], bool(path))


def _below_v2(url: str, link: str) -> str:
    # Behind a proxy a registry may not know its own name, so only the path and the query of a link count.
    try:
        parts = urlsplit(urljoin(url, link))
    except ValueError:
        return ""
    return parts.path.removeprefix("/v2/") + (f"?{parts.query}" if parts.query else "")
