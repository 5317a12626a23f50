"""References: everything a person may type, and the defaults of Docker Hub."""

from pathlib import PurePath

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import (
    ArchiveReference,
    LayoutReference,
    RegistryReference,
    is_registry,
    parse_reference,
)

DIGEST = Digest.of(b"")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("debian", RegistryReference("docker.io", "library/debian", "latest")),
        ("debian:13", RegistryReference("docker.io", "library/debian", "13")),
        ("demo/debian:13", RegistryReference("docker.io", "demo/debian", "13")),
        ("docker.io/debian", RegistryReference("docker.io", "library/debian", "latest")),
        ("index.docker.io/demo/debian", RegistryReference("docker.io", "demo/debian", "latest")),
        ("registry-1.docker.io/debian", RegistryReference("docker.io", "library/debian", "latest")),
        ("quay.io/fedora/fedora-bootc:44", RegistryReference("quay.io", "fedora/fedora-bootc", "44")),
        ("docker://quay.io/a/b", RegistryReference("quay.io", "a/b", "latest")),
        ("localhost/demo", RegistryReference("localhost", "demo", "latest")),
        ("localhost:5000", RegistryReference("docker.io", "library/localhost", "5000")),
        ("localhost:5000/demo:1", RegistryReference("localhost:5000", "demo", "1")),
        ("registry/demo", RegistryReference("docker.io", "registry/demo", "latest")),
        ("REGISTRY/demo", RegistryReference("REGISTRY", "demo", "latest")),
        ("10.0.0.1:5000/a/b/c:v_1.2-3", RegistryReference("10.0.0.1:5000", "a/b/c", "v_1.2-3")),
        ("[fd00::1]:5000/demo", RegistryReference("[fd00::1]:5000", "demo", "latest")),
        (f"quay.io/a@{DIGEST}", RegistryReference("quay.io", "a", "", DIGEST)),
        (f"quay.io/a:1@{DIGEST}", RegistryReference("quay.io", "a", "1", DIGEST)),
        ("quay.io/a__b/c--d/e.f", RegistryReference("quay.io", "a__b/c--d/e.f", "latest")),
        (" quay.io/a:1 ", RegistryReference("quay.io", "a", "1")),
        ("oci:/srv/demo", LayoutReference(PurePath("/srv/demo"))),
        ("oci:demo:v1", LayoutReference(PurePath("demo"), "v1")),
        ("oci-archive:/srv/demo.tar:v1", ArchiveReference(PurePath("/srv/demo.tar"), "v1")),
    ],
)
def test_reference_is_understood(text: str, reference: object) -> None:
    assert parse_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    [
        "docker.io/library/debian:13",
        f"quay.io/a:1@{DIGEST}",
        f"quay.io/a@{DIGEST}",
        "oci:/srv/demo:v1",
        "oci:/srv/demo",
        "oci-archive:demo.tar",
    ],
)
def test_reference_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_reference(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the repository is missing"),
        ("quay.io/", "the repository is missing"),
        (f"@{DIGEST}", "the repository is missing"),
        ("https://quay.io/a", "no scheme but docker://"),
        ("quay.io/Fedora", "lower case"),
        ("Debian", "lower case"),
        ("quay.io/a//b", "cannot be a repository"),
        ("quay.io/a/../b", "cannot be a repository"),
        ("quay.io/a___b", "cannot be a repository"),
        ("quay.io/-a", "cannot be a repository"),
        ("quay.io/a b", "cannot be a repository"),
        ("quay.io/" + "a" * 256, "longer than 255"),
        ("quay.io/a:", "cannot be a tag"),
        ("quay.io/a:.1", "cannot be a tag"),
        ("quay.io/a:" + "1" * 129, "cannot be a tag"),
        ("quay.io/a:1:2", "cannot be a tag"),
        ("quay.io/a:é", "cannot be a tag"),
        ("quay_.io/a", "cannot be a registry"),
        ("quay.io:port/a", "cannot be a registry"),
        ("localhost:65536/a", "'localhost:65536' cannot be a registry"),
        ("localhost:0/a", "cannot be a registry"),
        ("[::1]:99999/a", "cannot be a registry"),
        (f"localhost:{'9' * 5000}/a", "cannot be a registry"),
        ("oci:", "the path is missing"),
        ("oci-archive::v1", "the path is missing"),
        ("oci:demo:v 1", "cannot be a tag"),
        ("oci:demo:", "cannot be a tag"),
        ("oci:de\0mo", "has a NUL in it"),
        ("oci:demo :v1", "a blank at its"),
        ("oci: demo", "a blank at its"),
    ],
)
def test_bad_reference_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_reference(text)
    assert raised.value.code == "reference-invalid"
    assert why in raised.value.message
    assert "registry/repository:tag" in raised.value.hint


@pytest.mark.parametrize(
    ("digest", "code"), [("sha256:12", "digest-invalid"), ("md5:d41d8cd98f00b204e9800998ecf8427e", "digest-unknown")]
)
def test_digest_that_is_none_or_verifies_nothing_is_refused(digest: str, code: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_reference(f"quay.io/a@{digest}")
    assert raised.value.code == code


def test_another_tag_drops_the_digest() -> None:
    pinned = RegistryReference("quay.io", "a", "1", DIGEST)
    assert pinned.with_tag("2") == RegistryReference("quay.io", "a", "2")


def test_registry_is_a_host_with_or_without_a_port() -> None:
    assert all(map(is_registry, ["quay.io", "localhost:5000", "10.0.0.1", "[::1]:443"]))
    assert is_registry(f"{'a' * 63}.io:5000")
    assert is_registry(".".join(["a" * 49] * 5) + ".io")
    assert not is_registry(f"{'a' * 64}.io")
    assert not is_registry(".".join(["a" * 49] * 5) + ".info")
    assert not any(map(is_registry, ["", "quay.io/", "quay.io:", "::1", "quay..io", "quay.io\n"]))


def test_port_is_one_that_there_is() -> None:
    assert all(map(is_registry, ["localhost:1", "quay.io:00443", "[::1]:65535", "10.0.0.1:65535"]))
    assert not any(map(is_registry, ["localhost:0", "quay.io:00000", "[::1]:65536", "10.0.0.1:99999", "a:1000000"]))


def test_no_repository_is_hard_to_refuse() -> None:
    with pytest.raises(WyrcanError):
        parse_reference("quay.io/" + "a-" * 50_000)
