"""From a reference to the one image that a machine can run."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.image import INDEX_TYPES, MANIFEST_TYPES, File, Image, Index, Layer, Schema
from tests.support.sources import AMD64, MemorySource
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import OCI_CONFIG
from wyrcan_tui.oci.platform import Platform

ARM64 = Platform("linux", "arm64")
LAYER = Layer([File("a", b"1")])
IMAGE = Image([LAYER])
ARM_IMAGE = Image([LAYER], "arm64", variant="v8")
ATTESTATION = Image([LAYER], "unknown", "unknown")


def index(*entries: dict[str, Any]) -> bytes:
    """An index of these descriptors."""
    return json.dumps({"schemaVersion": 2, "manifests": entries}).encode()


def entry(document: bytes, **fields: Any) -> dict[str, Any]:
    """A descriptor of a manifest or an index."""
    return {
        "mediaType": MANIFEST_TYPES["oci"],
        "digest": str(Digest.of(document)),
        "size": len(document),
    } | fields


def source(named: bytes, *documents: bytes, images: tuple[Image, ...] = (IMAGE, ARM_IMAGE)) -> MemorySource:
    """A source of some documents and all of the images."""
    stored = {str(Digest.of(document)): document for document in documents}
    for image in images:
        stored |= image.blobs | {image.digest: image.manifest}
    return MemorySource(named, stored)


def refusal(found: MemorySource, platform: Platform = AMD64, digest: Digest | None = None) -> WyrcanError:
    """Why nothing is resolved."""
    with pytest.raises(WyrcanError) as raised:
        resolve(found, platform, digest)
    return raised.value


def test_single_image_is_taken_with_its_digest_and_size() -> None:
    found = resolve(MemorySource.of(IMAGE), AMD64)
    assert (str(found.digest), found.size) == (IMAGE.digest, len(LAYER.blob))


@pytest.mark.parametrize("schema", ["oci", "docker"])
@pytest.mark.parametrize(("platform", "image"), [(AMD64, IMAGE), (ARM64, ARM_IMAGE)])
def test_index_or_list_leads_to_the_image_of_the_machine(platform: Platform, image: Image, schema: Schema) -> None:
    images = [replace(each, schema=schema) for each in (ATTESTATION, ARM_IMAGE, IMAGE, image)]
    found = resolve(MemorySource.of(Index(images[:3], schema)), platform)
    assert str(found.digest) == images[3].digest


def test_variant_that_needs_more_than_the_baseline_is_passed_over() -> None:
    newer = [Image([LAYER], variant=variant) for variant in ("v4", "v3", "v2")]
    assert str(resolve(MemorySource.of(Index([*newer, IMAGE])), AMD64).digest) == IMAGE.digest
    assert refusal(MemorySource.of(Index(newer))).code == "platform-missing"


@pytest.mark.parametrize(("arch", "variant"), [("amd64", "v1"), ("arm64", "v8")])
def test_baseline_that_is_named_as_a_variant_is_taken(arch: str, variant: str) -> None:
    image = Image([LAYER], arch, variant=variant)
    for content in (image, Index([image])):
        found = resolve(MemorySource.of(content), Platform("linux", arch))
        assert str(found.digest) == image.digest


def test_nested_index_with_attestations_and_unknown_platforms_is_searched() -> None:
    strange = {"os": "plan9", "architecture": "mips"}
    inner = index(
        entry(ATTESTATION.manifest, platform=ATTESTATION.platform),
        entry(b"never fetched", platform=strange),
        entry(IMAGE.manifest, platform=IMAGE.platform),
    )
    outer = index(
        entry(ATTESTATION.manifest, platform=ATTESTATION.platform),
        entry(b"never fetched", platform=strange),
        entry(inner, mediaType=INDEX_TYPES["oci"]),
    )
    assert str(resolve(source(outer, inner), AMD64).digest) == IMAGE.digest


def test_schema_1_and_artifacts_are_refused_by_name() -> None:
    assert refusal(source(b'{"schemaVersion": 1, "fsLayers": [], "signatures": []}')).code == "manifest-schema1"
    signature = {"schemaVersion": 2, "config": entry(IMAGE.config, mediaType=OCI_CONFIG)}
    signature["layers"] = [entry(b"{}", mediaType="application/vnd.dev.cosign.simplesigning.v1+json")]
    assert refusal(source(json.dumps(signature).encode())).code == "image-is-artifact"


def test_index_inside_an_index_is_followed() -> None:
    inner = index(entry(IMAGE.manifest, platform=IMAGE.platform))
    for fields in ({}, {"platform": IMAGE.platform}):
        outer = index(entry(inner, mediaType=INDEX_TYPES["oci"], **fields))
        assert str(resolve(source(outer, inner), AMD64).digest) == IMAGE.digest


def test_indexes_without_end_are_refused() -> None:
    documents = [index(entry(IMAGE.manifest, platform=IMAGE.platform))]
    for _ in range(6):
        documents.append(index(entry(documents[-1], platform=IMAGE.platform)))
    assert refusal(source(documents[-1], *documents)).code == "index-too-deep"


def test_entry_without_a_platform_is_looked_into() -> None:
    artifact = json.dumps(
        {"schemaVersion": 2, "config": entry(b"", mediaType="application/vnd.oci.empty.v1+json"), "layers": []}
    ).encode()
    named = index(entry(artifact), entry(ARM_IMAGE.manifest), entry(IMAGE.manifest))
    assert str(resolve(source(named, artifact), AMD64).digest) == IMAGE.digest
    assert str(resolve(source(named, artifact), ARM64).digest) == ARM_IMAGE.digest


def test_digest_pins_the_image() -> None:
    pinned = Digest.parse(IMAGE.digest)
    assert resolve(source(b"whatever the tag names"), AMD64, pinned).digest == pinned


def test_missing_platform_names_those_there_are_but_no_attestation() -> None:
    error = refusal(MemorySource.of(Index([ARM_IMAGE, ATTESTATION])))
    assert error.code == "platform-missing"
    assert "linux/arm64/v8" in error.message
    assert "unknown" not in error.message


def test_image_for_another_platform_is_refused() -> None:
    assert refusal(MemorySource.of(ARM_IMAGE)).code == "platform-missing"


def test_index_that_lies_about_a_platform_is_found_out() -> None:
    assert refusal(source(index(entry(ARM_IMAGE.manifest, platform=IMAGE.platform)))).code == "platform-missing"


def test_damaged_manifest_is_refused() -> None:
    found = source(index(entry(IMAGE.manifest, platform=IMAGE.platform)))
    found.stored[IMAGE.digest] += b" "
    assert refusal(found).code == "digest-mismatch"
    assert refusal(found, digest=Digest.parse(IMAGE.digest)).code == "digest-mismatch"


def test_damaged_config_is_refused() -> None:
    found = source(IMAGE.manifest)
    name = str(Digest.of(IMAGE.config))
    found.stored[name] = IMAGE.config.replace(b"linux", b"xunil")
    assert refusal(found).code == "digest-mismatch"
    found.stored[name] = IMAGE.config + b" "
    assert refusal(found).code == "blob-size-mismatch"


def manifest(config: bytes, **fields: Any) -> bytes:
    """A manifest without layers."""
    return json.dumps(
        {"schemaVersion": 2, "config": entry(config, mediaType=OCI_CONFIG) | fields, "layers": []}
    ).encode()


def test_manifest_and_config_must_agree_on_the_layers() -> None:
    assert refusal(source(manifest(IMAGE.config))).code == "layers-mismatch"


def test_config_that_says_it_is_huge_is_not_read() -> None:
    assert refusal(source(manifest(IMAGE.config, size=5 << 20))).code == "blob-too-large"
