"""In which order registries and tags are offered."""

from datetime import UTC, datetime

import pytest

from wyrcan_tui.flows import browse
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.entry import Tag
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site


def test_given_registries_come_before_the_public_ones() -> None:
    given = [RegistryAddress("one:5000", plain=True), RegistryAddress("two.io")]
    assert [str(address) for address in browse.registries(given)] == [
        "http://one:5000",
        "two.io",
        "docker.io",
        "quay.io",
        "ghcr.io",
    ]


def test_registry_is_offered_once_and_as_it_was_first_given() -> None:
    given = [RegistryAddress("quay.io"), RegistryAddress("one", plain=True), RegistryAddress("one")]
    assert [str(address) for address in browse.registries(given)] == ["quay.io", "http://one", "docker.io", "ghcr.io"]


class _Listing:
    """A registry that tells when its tags were pushed, as Docker Hub does; two pages of them."""

    def tags(self, repository: str) -> list[Page[Tag]]:
        old, new = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2))
        return [Page([Tag("9", old), Tag("unknown")], more=True), Page([Tag("1", new), Tag("10", old)])]


def test_newest_tag_comes_first_where_the_registry_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "catalog", lambda address, site, meter: _Listing())
    found = browse.tags(RegistryAddress("docker.io"), "library/os", Site(), Meter())
    assert [tag.name for tag in found] == ["1", "10", "9", "unknown"]
