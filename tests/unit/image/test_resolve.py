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


def manifest(config: bytes, **fields: Any) -> bytes:
    """A manifest without layers."""
    return json.dumps(
        {"schemaVersion": 2, "config": entry(config, mediaType=OCI_CONFIG) | fields, "layers": []}
    ).encode()


ARTIFACT = manifest(b"", mediaType="application/vnd.oci.empty.v1+json")
SCHEMA_1 = b'{"schemaVersion": 1, "fsLayers": [], "signatures": []}'


def source(named: bytes, *documents: bytes, images: tuple[Image, ...] = (IMAGE, ARM_IMAGE)) -> MemorySource:
    """A source of some documents and all of the images."""
    stored = {str(Digest.of(document)): document for document in documents}
    for image in images:
        stored |= image.blobs | {image.digest: image.manifest}
    return MemorySource(named, stored)


class Counting(MemorySource):
    """A source that counts the documents that it is asked for."""

    count = 0

    def document(self, digest: Digest | None) -> bytes:
        """A document as it is stored."""
        self.count += 1
        return super().document(digest)


class Refusing(MemorySource):
    """A source of one image that fails with this code where it is asked for another document."""

    def __init__(self, named: bytes, code: str, *documents: bytes) -> None:
        super().__init__(named, source(named, *documents, images=(IMAGE,)).stored)
        self._code = code

    def document(self, digest: Digest | None) -> bytes:
        """A document as it is stored, or the failure."""
        if digest and str(digest) not in self.stored:
            raise WyrcanError(self._code, f"{digest} cannot be had.")
        return super().document(digest)


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


def test_entries_with_digests_of_other_algorithms_are_in_nobody_s_way() -> None:
    unknown = {"digest": "blake3:" + "0" * 64}
    for platform in (ARM_IMAGE.platform, ATTESTATION.platform):
        others = index(entry(b"", platform=platform, **unknown), entry(IMAGE.manifest, platform=IMAGE.platform))
        assert str(resolve(source(others), AMD64).digest) == IMAGE.digest


def test_entry_that_nothing_here_verifies_is_passed_over_unless_it_names_the_platform() -> None:
    unknown = {"digest": "blake3:" + "0" * 64}
    other = Image([LAYER], labels={"verified": "no"})

    def leads_to(*entries: dict[str, Any]) -> MemorySource:
        found = source(index(*entries), images=(IMAGE, other))
        found.stored[unknown["digest"]] = other.manifest
        return found

    unnamed = entry(other.manifest, **unknown)
    assert str(resolve(leads_to(unnamed, entry(IMAGE.manifest)), AMD64).digest) == IMAGE.digest
    assert refusal(leads_to(unnamed)).code == "digest-unknown"
    assert refusal(leads_to(unnamed, entry(b"", platform=ARM_IMAGE.platform))).code == "platform-missing"
    named = entry(other.manifest, platform=IMAGE.platform, **unknown)
    assert refusal(leads_to(named, entry(IMAGE.manifest, platform=IMAGE.platform))).code == "digest-unknown"


@pytest.mark.parametrize("inner", ["layer", "diff_id"])
def test_layer_that_nothing_here_verifies_is_refused_before_any_is_fetched(inner: str) -> None:
    unknown = "blake3:" + "0" * 64
    config = IMAGE.config.replace(LAYER.diff_id.encode(), unknown.encode()) if inner == "diff_id" else IMAGE.config
    named = json.loads(IMAGE.manifest)
    named["config"] = entry(config, mediaType=named["config"]["mediaType"])
    if inner == "layer":
        named["layers"][0]["digest"] = unknown
    found = source(json.dumps(named).encode())
    found.stored[str(Digest.of(config))] = config
    assert refusal(found).code == "digest-unknown"


def test_schema_1_and_artifacts_are_refused_by_name() -> None:
    assert refusal(source(SCHEMA_1)).code == "manifest-schema1"
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


def test_index_that_leads_to_very_many_others_is_not_read_to_its_end() -> None:
    inner = [index(entry(b"never pushed", annotations={"number": number})) for number in range(200)]
    found = Counting(index(*map(entry, inner)), source(b"", *inner).stored)
    assert refusal(found).code == "index-too-long"
    assert found.count < 100


def test_entry_without_a_platform_is_looked_into() -> None:
    named = index(entry(ARTIFACT), entry(ARM_IMAGE.manifest), entry(IMAGE.manifest))
    assert str(resolve(source(named, ARTIFACT), AMD64).digest) == IMAGE.digest
    assert str(resolve(source(named, ARTIFACT), ARM64).digest) == ARM_IMAGE.digest


@pytest.mark.parametrize(("platform", "image"), [(AMD64, IMAGE), (ARM64, ARM_IMAGE)])
def test_indexes_inside_whose_entries_name_no_platform_are_searched_to_their_end(
    platform: Platform, image: Image
) -> None:
    inner = [index(entry(each.manifest)) for each in (ARM_IMAGE, IMAGE)]
    outer = index(*(entry(each, mediaType=INDEX_TYPES["oci"]) for each in inner))
    assert str(resolve(source(outer, *inner), platform).digest) == image.digest


@pytest.mark.parametrize(
    "other",
    [ARTIFACT, SCHEMA_1, b"{}", manifest(b"{}"), ARM_IMAGE.manifest, index(entry(ARM_IMAGE.manifest))],
    ids=["artifact", "schema 1", "no manifest", "no config", "another platform", "index of another platform"],
)
@pytest.mark.parametrize("fields", [{}, {"platform": IMAGE.platform}], ids=["unnamed", "named"])
def test_entry_that_turns_out_to_be_no_image_for_the_machine_is_passed_over(
    other: bytes, fields: dict[str, Any]
) -> None:
    found = source(index(entry(other, **fields), entry(IMAGE.manifest, **fields)), other)
    found.stored[str(Digest.of(b"{}"))] = b"{}"
    assert str(resolve(found, AMD64).digest) == IMAGE.digest


@pytest.mark.parametrize("code", ["tag-missing", "blob-missing"])
def test_missing_entry_is_passed_over_unless_it_names_the_platform(code: str) -> None:
    absent = Image([LAYER], labels={"pushed": "no"})
    unnamed = Refusing(index(entry(absent.manifest), entry(IMAGE.manifest)), code)
    assert str(resolve(unnamed, AMD64).digest) == IMAGE.digest
    inner = index(entry(absent.manifest))
    assert str(resolve(Refusing(index(entry(inner), entry(IMAGE.manifest)), code, inner), AMD64).digest) == IMAGE.digest
    named = index(entry(absent.manifest, platform=IMAGE.platform), entry(IMAGE.manifest))
    assert refusal(Refusing(named, code)).code == code
    assert refusal(Refusing(index(entry(named), entry(IMAGE.manifest)), code, named)).code == code


@pytest.mark.parametrize("code", ["registry-unreachable", "registry-denied", "digest-mismatch"])
@pytest.mark.parametrize("fields", [{}, {"platform": IMAGE.platform}], ids=["unnamed", "named"])
def test_entry_that_could_not_be_had_is_no_reason_to_take_another(code: str, fields: dict[str, Any]) -> None:
    absent = Image([LAYER], labels={"pushed": "no"})
    named = index(entry(absent.manifest, **fields), entry(IMAGE.manifest, **fields))
    assert refusal(Refusing(named, code)).code == code


@pytest.mark.parametrize("fields", [{}, {"platform": IMAGE.platform}], ids=["unnamed", "named"])
def test_damaged_entry_is_no_reason_to_take_another(fields: dict[str, Any]) -> None:
    damaged = Image([LAYER], labels={"way": "long"})
    named = index(entry(damaged.manifest, **fields), entry(IMAGE.manifest, **fields))
    for name in (damaged.digest, str(Digest.of(damaged.config))):
        found = source(named, images=(damaged, IMAGE))
        found.stored[name] = found.stored[name].replace(b"sha256:", b"sha256;", 1)
        assert refusal(found).code == "digest-mismatch"


@pytest.mark.parametrize("more", [1, -1])
def test_entry_of_another_size_than_its_index_says_is_not_trusted(more: int) -> None:
    named = index(entry(IMAGE.manifest, size=len(IMAGE.manifest) + more), entry(IMAGE.manifest))
    assert refusal(source(named)).code == "blob-size-mismatch"


def test_where_no_entry_is_an_image_the_first_for_the_platform_tells_why() -> None:
    fields = {"platform": IMAGE.platform}
    named = index(entry(SCHEMA_1), entry(ARTIFACT, **fields), entry(ARM_IMAGE.manifest, **fields))
    assert refusal(source(named, ARTIFACT, SCHEMA_1)).code == "image-is-artifact"
    assert refusal(source(index(entry(SCHEMA_1)), SCHEMA_1)).code == "manifest-schema1"


def test_platforms_that_were_found_only_inside_of_entries_are_named() -> None:
    riscv = Image([LAYER], "riscv64")
    inner = index(entry(ARTIFACT, platform=IMAGE.platform), entry(b"never fetched", platform=riscv.platform))
    error = refusal(source(index(entry(ARTIFACT), entry(ARM_IMAGE.manifest), entry(inner)), ARTIFACT, inner))
    assert error.code == "platform-missing"
    assert "only for linux/arm64/v8, linux/riscv64" in error.message


def test_digest_pins_the_image() -> None:
    pinned = Digest.parse(IMAGE.digest)
    assert resolve(source(b"whatever the tag names"), AMD64, pinned).digest == pinned


def test_missing_platform_names_those_there_are_but_no_attestation() -> None:
    unnamed = index(entry(ARM_IMAGE.manifest), entry(ATTESTATION.manifest))
    for found in (MemorySource.of(Index([ARM_IMAGE, ATTESTATION])), source(unnamed, images=(ARM_IMAGE, ATTESTATION))):
        error = refusal(found)
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


def test_manifest_and_config_must_agree_on_the_layers() -> None:
    assert refusal(source(manifest(IMAGE.config))).code == "layers-mismatch"


def test_config_that_says_it_is_huge_is_not_read() -> None:
    assert refusal(source(manifest(IMAGE.config, size=5 << 20))).code == "blob-too-large"
