"""Manifests, indexes and configurations: what is read, and what is refused in which words."""

import json
from typing import Any

import pytest

from tests.support.image import LAYER_TYPES, File, Image, Index, Layer
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci import manifest
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import parse_config, parse_manifest
from wyrcan_tui.oci.platform import Platform

DIGEST = str(Digest.of(b""))
CONFIG = {"mediaType": manifest.OCI_CONFIG, "digest": DIGEST, "size": 0}
LAYER = Layer([File("a")])


def document(**fields: Any) -> bytes:
    """A manifest with these fields beside the ones that it needs."""
    return json.dumps({"schemaVersion": 2, "config": CONFIG, "layers": []} | fields).encode()


def layer_types() -> list[str]:
    """The media types of layers."""
    layers = [Layer([], compression, foreign) for _, compression in LAYER_TYPES for foreign in (False, True)]
    return sorted({layer.media_type(schema) for layer in layers for schema, _ in LAYER_TYPES})


def refusal(data: bytes) -> WyrcanError:
    """Why a manifest is refused."""
    with pytest.raises(WyrcanError) as raised:
        parse_manifest(data)
    return raised.value


@pytest.mark.parametrize("schema", ["oci", "docker"])
def test_manifest_names_its_config_and_its_layers_from_the_lowest(schema: Any) -> None:
    layers = [LAYER, Layer([File("b")], "zstd")]
    found = parse_manifest(Image(layers, schema=schema).manifest)
    assert isinstance(found, manifest.Manifest)
    assert [str(layer.digest) for layer in found.layers] == [layer.digest for layer in layers]
    assert [layer.size for layer in found.layers] == [len(layer.blob) for layer in layers]


@pytest.mark.parametrize("schema", ["oci", "docker"])
def test_index_names_an_image_for_each_platform(schema: Any) -> None:
    found = parse_manifest(Index([Image([LAYER]), Image([LAYER], "arm64", variant="v8")], schema=schema).manifest)
    assert isinstance(found, manifest.Index)
    assert [entry.platform for entry in found.manifests] == [
        Platform("linux", "amd64"),
        Platform("linux", "arm64", "v8"),
    ]


def test_fields_tell_what_it_is_and_not_the_media_type() -> None:
    assert isinstance(parse_manifest(document(mediaType=manifest.OCI_INDEX)), manifest.Manifest)


def test_tag_in_a_layout_is_an_annotation() -> None:
    entry = CONFIG | {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    found = parse_manifest(json.dumps({"schemaVersion": 2, "manifests": [entry, CONFIG]}).encode())
    assert isinstance(found, manifest.Index)
    assert [entry.ref_name for entry in found.manifests] == ["v1", ""]


def test_schema_1_is_refused_by_its_name() -> None:
    error = refusal(b'{"schemaVersion": 1, "fsLayers": []}')
    assert error.code == "manifest-schema1"
    assert "schema 1" in error.message


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"config": CONFIG | {"mediaType": "application/vnd.cncf.helm.config.v1+json"}}, "helm"),
        (
            {"artifactType": "application/spdx+json", "config": CONFIG | {"mediaType": "application/vnd.oci.empty.v1"}},
            "spdx",
        ),
    ],
)
def test_artifact_is_refused_by_its_type(fields: dict[str, Any], kind: str) -> None:
    error = refusal(document(**fields))
    assert error.code == "image-is-artifact"
    assert kind in error.message


@pytest.mark.parametrize("kind", ["application/vnd.in-toto+json", "application/vnd.dev.cosign.simplesigning.v1+json"])
def test_signature_or_attestation_is_refused_although_it_looks_like_an_image(kind: str) -> None:
    error = refusal(document(layers=[CONFIG | {"mediaType": kind}]))
    assert (error.code, kind in error.message) == ("image-is-artifact", True)


@pytest.mark.parametrize("kind", ["", *layer_types()])
def test_layer_of_every_type_is_one(kind: str) -> None:
    found = parse_manifest(document(layers=[CONFIG | {"mediaType": kind}]))
    assert isinstance(found, manifest.Manifest)
    assert found.layers[0].is_foreign == ("foreign" in kind or "nondistributable" in kind)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"<html>",
        b"[" * 100_000,
        b"{}",
        document(schemaVersion=3),
        document(layers=None),
        document(config=None),
        document(config={"mediaType": manifest.OCI_CONFIG, "size": 1}),
        document(layers=["sha256:12"]),
        document(manifests={}),
    ],
)
def test_anything_else_is_no_manifest(data: bytes) -> None:
    assert refusal(data).code == "manifest-invalid"


@pytest.mark.parametrize(
    "size",
    [None, -1, "1", 1.0, True, 2**63, 10**400],
    ids=["missing", "negative", "text", "fraction", "truth", "too large", "larger than any float"],
)
def test_size_that_no_content_has_is_refused(size: object) -> None:
    descriptor = CONFIG | {"size": size}
    for fields in ({"config": descriptor}, {"layers": [descriptor]}, {"manifests": [descriptor]}):
        assert refusal(document(**fields)).code == "manifest-invalid"


def test_size_may_be_as_large_as_the_specification_has_it() -> None:
    found = parse_manifest(document(config=CONFIG | {"size": 2**63 - 1}))
    assert isinstance(found, manifest.Manifest)
    assert found.config.size == 2**63 - 1


def test_bad_digest_is_refused() -> None:
    assert refusal(document(config=CONFIG | {"digest": "sha256:../../etc/passwd"})).code == "digest-invalid"


@pytest.mark.parametrize("platform", [None, {}, {"os": "", "architecture": ""}])
def test_entry_whose_platform_says_nothing_names_none(platform: object) -> None:
    entry = {"digest": f"sha256:{'0' * 64}", "size": 1, "platform": platform}
    index = parse_manifest(json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
    assert isinstance(index, manifest.Index)
    assert [entry.platform for entry in index.manifests] == [None]


def test_config_names_platform_layers_creation_and_labels() -> None:
    image = Image([LAYER], "arm64", variant="v8", labels={"version": "13"}, created="2025-01-01T00:00:00Z")
    found = parse_config(image.config)
    assert found.platform == Platform("linux", "arm64", "v8")
    assert [str(diff_id) for diff_id in found.diff_ids] == [LAYER.diff_id]
    assert (found.created, found.labels) == ("2025-01-01T00:00:00Z", {"version": "13"})


@pytest.mark.parametrize("config", [{}, {"config": None}, {"config": []}, {"config": {"Labels": None}}])
def test_config_may_lack_labels_and_creation(config: dict[str, Any]) -> None:
    needed = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": []}}
    found = parse_config(json.dumps(needed | config).encode())
    assert (found.labels, found.created, found.diff_ids) == ({}, "", ())


@pytest.mark.parametrize(
    "config",
    [
        [],
        {"os": "linux", "architecture": "amd64"},
        {"os": "linux", "architecture": "amd64", "rootfs": {}},
        {"os": "linux", "rootfs": {"diff_ids": []}},
        {"os": 1, "architecture": "amd64", "rootfs": {"diff_ids": []}},
    ],
)
def test_config_must_have_what_the_specification_requires(config: object) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_config(json.dumps(config).encode())
    assert raised.value.code == "config-invalid"
