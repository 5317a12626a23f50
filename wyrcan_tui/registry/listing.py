"""What a registry has: repositories and tags, page by page (OCI distribution-spec 1.1, "Content Discovery").

``_catalog`` is Docker's (registry HTTP API v2, "Listing Repositories"); many public registries keep it closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.registry.answer import Answer
from wyrcan_tui.registry.body import parse_json
from wyrcan_tui.registry.fields import Fields
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import _

PAGE: Final = 100
"""Entries that are asked for at a time."""
_MOST: Final = 100_000
"""Entries of the longest listing: no person looks through more, and one that never ends would fill the memory."""

NOT_TOLD: Final = ("registry-denied", "registry-missing")
"""How a registry says that something is not there, or not for us: many do not tell which."""

_PARAMETER: Final = r'\s*;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;,"]*)))?'
_LINK: Final = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item_co]):
    """A part of a listing, and whether there is more behind it."""

    items: Sequence[Item_co]
    more: bool = False


def repositories(transport: Transport) -> Iterator[Page[str]]:
    """Yield the names of all repositories in pages, in the registry's order.

    Raises:
        WyrcanError: ``catalog-closed`` where the registry does not list them, and what `bounded` and `Transport.read`
            raise.
    """
    pages = _pages(transport, f"_catalog?n={PAGE}", "registry:catalog:*", "repositories", is_repository)
    yield from told(bounded(pages, transport.address), transport.address)


def tags(transport: Transport, repository: str) -> Iterator[Page[str]]:
    """Yield the names of all tags of a repository in pages, in the registry's order (by the spec: lexical).

    Raises:
        WyrcanError: ``repository-missing``, and what `bounded` and `Transport.read` raise.
    """
    try:
        pages = _pages(transport, f"{repository}/tags/list?n={PAGE}", f"repository:{repository}:pull", "tags", is_tag)
        yield from bounded(pages, transport.address)
    except WyrcanError as error:
        if error.code != "registry-missing":
            raise
        raise WyrcanError(
            "repository-missing",
            _("The registry {host} has no repository {repository}.").format(
                host=transport.address.host, repository=repository
            ),
            hint=_("Check its name, or choose one from the list."),
        ) from error


def bounded(pages: Iterator[Page[Item_co]], address: RegistryAddress) -> Iterator[Page[Item_co]]:
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
                _("The registry {host} lists more than {most} entries and may never end.").format(
                    host=address.host, most=_MOST
                ),
                hint=_("Type the reference instead: {host}/REPOSITORY:TAG.").format(host=address.host),
            )
        yield page


def told(pages: Iterator[Page[Item_co]], address: RegistryAddress) -> Iterator[Page[Item_co]]:
    """Pass the pages of a list of repositories on; one that is denied or is not there is a closed catalog.

    Raises:
        WyrcanError: ``catalog-closed``.
    """
    try:
        yield from pages
    except WyrcanError as error:
        if error.code not in NOT_TOLD:
            raise
        # Where somebody is wanted, it is at the registry, whichever host its vendor's API has.
        wanted = {"host": address.host} if error.code == "registry-denied" else {}
        message = _("The registry {host} does not list its repositories.").format(host=address.host)
        raise closed(address, message, **{**error.context, **wanted}) from error


def either(
    pages: Iterator[Page[Item_co]], instead: Callable[[], Iterator[Page[Item_co]]], refusals: Collection[str] = NOT_TOLD
) -> Iterator[Page[Item_co]]:
    """Yield a listing, or another one where the first is refused from its start.

    Raises:
        WyrcanError: what either listing raises, but not where the first begins with one of `refusals`.
    """
    try:
        first = next(pages, None)
    except WyrcanError as error:
        if error.code not in refusals:
            raise
        yield from instead()
        return
    if first is not None:
        yield first
        yield from pages


def closed(address: RegistryAddress, message: str, **context: object) -> WyrcanError:
    """Return that a registry does not list its repositories (``catalog-closed``), with the way round it."""
    hint = _("Type the reference instead: {host}/REPOSITORY:TAG.").format(host=address.host)
    return WyrcanError("catalog-closed", message, hint=hint, **context)


def documents(
    transport: Transport, path: str, *, scope: str, headers: Mapping[str, str] | None = None
) -> Iterator[tuple[bytes, bool]]:
    """Yield the bodies of a listing that goes on by ``Link`` (RFC 8288), each with whether there is one more.

    Raises:
        WyrcanError: what `Transport.read` raises.
    """

    def step(path: str) -> tuple[bytes, str]:
        answer, body = transport.read(path, scope=scope, headers=headers)
        return body, _following(answer)

    return chained(urljoin("/v2/", path), step)


def chained(path: str, step: Callable[[str], tuple[Item, str]]) -> Iterator[tuple[Item, bool]]:
    """Yield what is at a path and at those that it leads to, each with whether there is one more.

    `step` returns what is at a path, and the path that follows; empty where there is none.
    """
    seen: set[str] = set()
    while path:
        seen.add(path)
        found, path = step(path)
        # A listing that comes back to where it was would never end.
        if path in seen:
            path = ""
        yield found, bool(path)


def _pages(transport: Transport, path: str, scope: str, key: str, fits: Callable[[str], bool]) -> Iterator[Page[str]]:
    for body, more in documents(transport, path, scope=scope):
        # An empty repository has null instead of a list (distribution, registry/handlers/tags.go).
        names = Fields(parse_json(body, transport.address)).names(key)
        # What fits into no reference could not be asked for.
        yield Page([name for name in names if fits(name)], more)


def path_of(url: str) -> str:
    """Return path and query of a URL in an answer; empty where it is none.

    Behind a proxy a registry may not know its own name, and nobody vouches for any: so only they count.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Two slashes would begin the name of a host.
    path = "/" + parts.path.lstrip("/")
    return (path + (f"?{parts.query}" if parts.query else "")) if parts.path else ""


def _following(answer: Answer) -> str:
    """Return the path to which an answer's ``Link`` leads on; empty where there is none (RFC 8288, 3)."""
    links = _LINK.finditer(answer.headers.get("Link", ""))
    url = next((link[1] for link in links if "next" in _relations(link[2])), "")
    try:
        return path_of(urljoin(answer.url, url)) if url else ""
    except ValueError:
        return ""


def _relations(parameters: str) -> list[str]:
    """Return what a link is to the page, by the first ``rel`` of its parameters; no other counts."""
    values = (quoted or bare for name, quoted, bare in re.findall(_PARAMETER, parameters) if name.lower() == "rel")
    # Not by the RFC, but seen: single quotes.
    return next(values, "").strip("'").lower().split()
