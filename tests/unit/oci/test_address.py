"""How a person names a registry."""

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import RegistryReference, parse_reference


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("quay.io", RegistryAddress("quay.io")),
        (" quay.io/ ", RegistryAddress("quay.io")),
        ("https://quay.io", RegistryAddress("quay.io")),
        ("http://10.0.0.1:5000/", RegistryAddress("10.0.0.1:5000", plain=True)),
        ("[::1]:5000", RegistryAddress("[::1]:5000")),
        ("localhost", RegistryAddress("localhost")),
        ("registry", RegistryAddress("registry:443")),
        ("https://registry/", RegistryAddress("registry:443")),
        ("http://registry", RegistryAddress("registry:80", plain=True)),
        ("http://registry:5000", RegistryAddress("registry:5000", plain=True)),
    ],
)
def test_registry_is_plain_only_where_it_was_said(text: str, address: RegistryAddress) -> None:
    assert RegistryAddress.parse(text) == address


def test_registry_reads_back_as_it_is_written() -> None:
    for text in ("quay.io", "http://10.0.0.1:5000"):
        assert str(RegistryAddress.parse(text)) == text


@pytest.mark.parametrize("text", ["registry", "http://registry", "REGISTRY", "localhost", "[::1]", "quay.io"])
def test_reference_to_an_image_in_any_registry_reads_back_as_the_same(text: str) -> None:
    reference = RegistryReference(RegistryAddress.parse(text).host, "demo/os", "1")
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "://quay.io",
        "ftp://quay.io",
        "quay.io/fedora",
        "quay.io:port",
        "a b",
        "-x.io",
        "registry:0",
        "http://registry:65536",
        "[::1]:99999",
    ],
)
def test_anything_else_is_no_registry(text: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        RegistryAddress.parse(text)
    assert raised.value.code == "registry-invalid"
