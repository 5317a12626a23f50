"""Where the image that a reference names is read from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, assert_never

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.layout import LayoutSource
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import ArchiveReference, LayoutReference, Reference, RegistryReference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.repository import RegistrySource

_WAY: Final = ("registry-", "repository-", "tag-", "layout-", "blob-missing", "blob-size-mismatch", "digest-mismatch")
"""How the codes of errors begin that are about the way to an image, or about what came by it instead."""


def open_source(reference: Reference, registries: Iterable[RegistryAddress], meter: Meter) -> BlobSource:
    """Return what the engine reads the image from; `registries` tell how hosts are spoken to (see `by_host`).

    Raises:
        WyrcanError: ``layout-missing``.
    """
    match reference:
        case RegistryReference():
            address = by_host(registries).get(reference.registry)
            return RegistrySource(reference, plain=address is not None and address.plain, meter=meter)
        case LayoutReference():
            return LayoutSource.directory(Path(reference.path), reference.tag)
        case ArchiveReference():
            return LayoutSource.archive(Path(reference.path), reference.tag)
        case _:
            assert_never(reference)


def by_host(registries: Iterable[RegistryAddress]) -> dict[str, RegistryAddress]:
    """Return registries by their hosts. Of one that was given with and without TLS, the first one counts.

    They are given in the order of the places that they come from, of which the first one always wins.
    """
    found: dict[str, RegistryAddress] = {}
    for address in registries:
        found.setdefault(address.host, address)
    return found


def pinned(reference: Reference) -> Digest | None:
    """Return the digest that a reference pins its image to, if it does."""
    return reference.digest if isinstance(reference, RegistryReference) else None


def says_nothing(error: WyrcanError) -> bool:
    """Tell whether an error is about the way to an image, so that it says nothing about the image itself."""
    return error.code.startswith(_WAY)
