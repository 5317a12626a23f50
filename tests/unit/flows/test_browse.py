"""In which order registries and tags are offered."""

from datetime import UTC, datetime

from wyrcan_tui.flows import browse
from wyrcan_tui.flows.offer import registries
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.entry import Tag


def test_given_registries_come_before_the_public_ones() -> None:
    given = [RegistryAddress("one:5000", plain=True), RegistryAddress("two.io")]
    assert [str(address) for address in registries(given)] == [
        "http://one:5000",
        "two.io",
        "docker.io",
        "quay.io",
        "ghcr.io",
    ]


def test_registry_is_offered_once_and_as_it_was_first_given() -> None:
    given = [RegistryAddress("quay.io"), RegistryAddress("one", plain=True), RegistryAddress("one")]
    assert [str(address) for address in registries(given)] == ["quay.io", "http://one", "docker.io", "ghcr.io"]


def test_newest_tag_comes_first_where_the_registry_tells_and_else_the_highest_version() -> None:
    old, new = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2))
    given = [Tag("9", old), Tag("1.9"), Tag("1", new), Tag("10", old), Tag("1.10")]
    assert [tag.name for tag in browse.newest_first(given)] == ["1", "10", "9", "1.10", "1.9"]
