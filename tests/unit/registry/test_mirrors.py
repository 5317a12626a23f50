"""Where images really are: the rules of containers-registries.conf(5)."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import RegistryReference, parse_reference
from wyrcan_tui.registry.mirrors import endpoints, parse_rules


def places(conf: str, reference: str) -> list[str]:
    """Where a reference is looked for."""
    found = parse_reference(reference)
    assert isinstance(found, RegistryReference)
    return [f"{it.address.host}/{it.repository}" for it in endpoints(parse_rules(conf.encode(), "r.conf"), found)]


def test_reference_that_no_rule_is_about_is_where_it_says() -> None:
    assert places('[[registry]]\nlocation = "other.io"', "quay.io/a/b:1") == ["quay.io/a/b"]


def test_mirrors_come_in_their_order_and_the_registry_itself_at_last() -> None:
    conf = """
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "cache:5000"
        [[registry.mirror]]
        location = "harbor.site.example/hub"
    """
    assert places(conf, "debian:13") == [
        "cache:5000/library/debian",
        "harbor.site.example/hub/library/debian",
        "docker.io/library/debian",
    ]


def test_prefix_is_replaced_by_the_location_and_the_longest_one_counts() -> None:
    conf = """
        [[registry]]
        prefix = "quay.io"
        location = "mirror.io/quay"
        [[registry]]
        prefix = "quay.io/fedora"
        location = "fedora.io"
    """
    assert places(conf, "quay.io/fedora/bootc:1") == ["fedora.io/bootc"]
    assert places(conf, "quay.io/fedora2/bootc:1") == ["mirror.io/quay/fedora2/bootc"]


def test_wildcard_stands_for_subdomains() -> None:
    conf = '[[registry]]\nprefix = "*.example.com"\nlocation = "site.io/all"'
    assert places(conf, "a.example.com/os:1") == ["site.io/all/os"]
    assert places(conf, "example.com/os:1") == ["example.com/os"]


@pytest.mark.parametrize(
    ("pulls", "by_tag", "by_digest"), [("all", True, True), ("tag-only", True, False), ("digest-only", False, True)]
)
def test_mirror_may_be_for_some_pulls_only(pulls: str, by_tag: bool, by_digest: bool) -> None:
    conf = f'[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "m.io"\npull-from-mirror = "{pulls}"'
    assert (places(conf, "a.io/os:1")[0] == "m.io/os") is by_tag
    assert (places(conf, f"a.io/os@sha256:{'0' * 64}")[0] == "m.io/os") is by_digest


def test_mirrors_for_digests_only_can_be_said_for_all_of_a_registry() -> None:
    conf = '[[registry]]\nlocation = "a.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.io"'
    assert places(conf, "a.io/os:1") == ["a.io/os"]


def test_insecure_place_may_be_spoken_to_in_plain() -> None:
    (rule,) = parse_rules(b'[[registry]]\nlocation = "a.io"\ninsecure = true', "r.conf")
    reference = parse_reference("a.io/os:1")
    assert isinstance(reference, RegistryReference)
    (place,) = rule.endpoints(reference)
    assert (place.address.insecure, place.address.plain) == (True, False)


def test_blocked_registry_is_refused() -> None:
    with pytest.raises(WyrcanError) as raised:
        places('[[registry]]\nprefix = "a.io/bad"\nblocked = true', "a.io/bad/os:1")
    assert raised.value.code == "registry-blocked"
    assert "a.io/bad" in raised.value.message


def test_what_is_about_short_names_does_not_concern_us() -> None:
    conf = 'unqualified-search-registries = ["a.io"]\ncredential-helpers = ["x"]\n[aliases]\n"a" = "b.io/a"'
    assert places(conf, "quay.io/a/b:1") == ["quay.io/a/b"]


@pytest.mark.parametrize(
    "conf",
    [
        "[registries.search]\nregistries = []",
        "[[registry]]",
        "[[registry]]\nlocation = 1",
        '[[registry]]\nlocation = "a.io"\nblocked = "no"',
        '[[registry]]\nlocation = "a.io"\nmirror = "m.io"',
        '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\ninsecure = true',
        '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "m.io"\npull-from-mirror = "never"',
        "registry = 1",
        "no toml",
    ],
)
def test_what_cannot_be_understood_is_told(conf: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_rules(conf.encode(), "r.conf")
    assert raised.value.code == "registries-invalid"
    assert "r.conf" in raised.value.message


@pytest.mark.parametrize("location", ["https://m.io", "m.io/", "-", "m.io/UPPER", "m.io:65536/hub"])
def test_place_that_is_none_is_told_where_it_would_be_asked(location: str) -> None:
    conf = f'[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "{location}"'
    with pytest.raises(WyrcanError) as raised:
        places(conf, "a.io/os:1")
    assert raised.value.code == "registries-invalid"


@pytest.mark.parametrize("prefix", ["a.io/bad:1", f"a.io/bad@sha256:{'0' * 64}"])
def test_one_image_can_be_blocked(prefix: str) -> None:
    conf = f'[[registry]]\nprefix = "{prefix}"\nblocked = true'
    with pytest.raises(WyrcanError) as raised:
        places(conf, prefix)
    assert raised.value.code == "registry-blocked"
    assert places(conf, "a.io/bad:2") == ["a.io/bad"]


def test_wildcard_does_not_care_about_ports() -> None:
    conf = '[[registry]]\nprefix = "*.example.com"\nblocked = true'
    with pytest.raises(WyrcanError):
        places(conf, "a.example.com:5000/os:1")
