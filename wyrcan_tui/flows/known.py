"""Images that are made to be booted: those that this machine was told of, and the list that comes with Wyrcan."""

from __future__ import annotations

from collections.abc import Iterable

from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.registry.known import KnownImage, known_images
from wyrcan_tui.texts import _


def offered(favourites: Iterable[Reference]) -> dict[str, list[KnownImage]]:
    """Return images under a title each; what is in several lists is offered once, and no list is empty."""
    lists = {_("Favourites"): [KnownImage(reference, "") for reference in favourites], **known_images()}
    seen: set[str] = set()
    fresh: dict[str, list[KnownImage]] = {}
    for title, images in lists.items():
        for image in images:
            if str(image.reference) not in seen:
                seen.add(str(image.reference))
                fresh.setdefault(title, []).append(image)
    return fresh


def known_facts(image: KnownImage) -> str:
    """Return the line about an image."""
    return _("{about} (login)").format(about=image.about) if image.login else image.about
