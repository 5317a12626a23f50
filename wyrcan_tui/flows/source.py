"""Where the image that a reference names is read from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar, assert_never

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import ArchiveReference, LayoutReference, Reference, RegistryReference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.source import RegistrySource

Result = TypeVar("Result")

_WAY: Final = (
    "registry-",
    "registries-",
    "credentials-",
    "certificate-",
    "proxy-",
    "repository-",
    "tag-",
    "layout-",
    "blob-missing",
    "blob-size-mismatch",
    "digest-mismatch",
)
"""How the codes of errors begin that are about the way to an image, or about what came by it instead."""


def open_source(reference: Reference, site: Site, meter: Meter) -> BlobSource:
    """Return what the engine reads the image from.

    Raises:
        WyrcanError: ``layout-missing``, ``registry-blocked``, ``registries-invalid``.
    """
    match reference:
        case RegistryReference():
            return RegistrySource(reference, site, meter)
        case LayoutReference() | ArchiveReference():
            # Machines boot from registries, and loading it takes a while.
            from wyrcan_tui.image.layout import LayoutSource  # noqa: PLC0415

            make = LayoutSource.directory if isinstance(reference, LayoutReference) else LayoutSource.archive
            return make(Path(reference.path), reference.tag)
        case _:
            assert_never(reference)


def from_sound_places(source: BlobSource, work: Callable[[], Result]) -> Result:
    """Do what reads an image, from its start again where a place sent a wrong blob and another place may have it.

    That shows at the blob's end, when all but its last bytes were used already. `work` must stand being done again.

    Raises:
        WyrcanError: what `work` raises.
    """
    while True:
        try:
            return work()
        except WyrcanError as error:
            digest = error.context.get("expected", "")
            if not isinstance(source, RegistrySource) or not source.strike_off(digest):
                raise


def pinned(reference: Reference) -> Digest | None:
    """Return the digest that a reference pins its image to, if it does."""
    return reference.digest if isinstance(reference, RegistryReference) else None


def says_nothing(error: WyrcanError) -> bool:
    """Tell whether an error is about the way to an image, so that it says nothing about the image itself."""
    return error.code.startswith(_WAY)
