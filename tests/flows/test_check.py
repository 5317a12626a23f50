"""Checking an image: an answer, or no answer where it could not be looked at, and nothing read in vain."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bootable import RELEASE, WORDS, bootable_image, kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import Content, File, Image, Index, Layer, Symlink, digest
from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.flows.check import Finding, check
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.site import Site

AMD64 = Platform("linux", "amd64")
ENOUGH = 2 << 30
ARTIFACT = b"""{"schemaVersion": 2, "artifactType": "text/plain", "layers": [], "config": {
    "mediaType": "application/vnd.oci.empty.v1+json", "size": 2,
    "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}}"""


@pytest.fixture
def registry() -> Iterator[FaultyRegistry]:
    """A registry that remembers what it was asked."""
    with FaultyRegistry() as registry:
        yield registry


def serve(registry: FaultyRegistry, content: Content) -> None:
    """Let the registry have an image as ``demo:1``."""
    registry.answer("/v2/demo/manifests/1", Answer(body=content.manifest))
    for _, manifest in content.manifests:
        registry.answer(f"/v2/demo/manifests/{digest(manifest)}", Answer(body=manifest))
    for name, blob in content.blobs.items():
        registry.answer(f"/v2/demo/blobs/{name}", Answer(body=blob))


def order_of(registry: FaultyRegistry) -> Order:
    """The order to look at what is served."""
    return Order(parse_reference(f"{registry.host}/demo:1"), site=Site((RegistryAddress.parse(registry.url),)))


def look(registry: FaultyRegistry, *, memory: int = ENOUGH) -> Finding:
    """Check what is served."""
    return check(order_of(registry), AMD64, Meter(), memory=memory)


def blobs_read(registry: FaultyRegistry) -> list[str]:
    """The digests of the blobs that were asked for."""
    return [path.rpartition("/")[2] for path in (request.path for request in registry.requests) if "/blobs/" in path]


def test_image_that_boots_is_told_with_all_that_it_boots_with_and_read_once(registry: FaultyRegistry) -> None:
    image = bootable_image("one", File("etc/motd", b"hello"), Symlink("vmlinuz", "boot/wyrcan.kernel"))
    serve(registry, image)
    finding = look(registry)
    assert finding.refusal is None
    assert finding.bootable is not None
    assert finding.bootable.kernel_file.release == RELEASE
    assert finding.cmdline == WORDS
    assert sorted(blobs_read(registry)) == sorted(image.blobs)


def test_what_is_told_is_what_is_booted(registry: FaultyRegistry, tmp_path: Path) -> None:
    serve(registry, bootable_image("one", File("large", bytes(200 << 20))))
    rig = Rig(tmp_path, memory=460 * 10**6)
    finding = look(registry, memory=rig.adapters.machine.memory)
    boot(order_of(registry), AMD64, rig.kexec, rig.adapters.networkd, Meter(), memory=rig.adapters.machine.memory)
    assert finding.footprint is not None
    assert finding.footprint.initrd == len(rig.kexec.booted.initrd)
    assert finding.cmdline == rig.kexec.booted.cmdline == f"{WORDS} initramfs_options=size=90%"


def test_machine_needs_as_much_memory_as_is_told_and_not_a_byte_more(registry: FaultyRegistry) -> None:
    serve(registry, bootable_image("one", File("large", bytes(500 << 20))))
    footprint = look(registry).footprint
    assert footprint is not None
    assert look(registry, memory=footprint.needed).refusal is None
    finding = look(registry, memory=footprint.needed - 1)
    assert finding.refusal is not None
    assert finding.refusal.code == "memory-too-small"
    assert (finding.footprint, finding.cmdline) == (footprint, WORDS + " initramfs_options=size=90%")
    assert finding.bootable is not None


def elsewhere(architecture: str) -> Image:
    return replace(bootable_image(), architecture=architecture)


@pytest.mark.parametrize(
    ("content", "read"),
    [(Index([elsewhere("s390x"), elsewhere("arm64")]), 0), (elsewhere("s390x"), 1)],
    ids=["index", "manifest"],
)
def test_image_for_other_machines_is_refused_without_reading_a_layer(
    registry: FaultyRegistry, content: Content, read: int
) -> None:
    serve(registry, content)
    finding = look(registry)
    assert finding.refusal is not None
    assert finding.refusal.code == "platform-missing"
    assert finding.image is None
    # The configuration is where a manifest's platform stands.
    assert len(blobs_read(registry)) == read


def test_artifact_is_refused_by_its_manifest_alone(registry: FaultyRegistry) -> None:
    registry.answer("/v2/demo/manifests/1", Answer(body=ARTIFACT))
    finding = look(registry)
    assert finding.refusal is not None
    assert finding.refusal.code == "image-is-artifact"
    assert blobs_read(registry) == []


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([File("init")], "kernel-missing"),
        ([File("vmlinuz", kernel_file())], "init-missing"),
        ([File("vmlinuz", b"#!/bin/sh\n"), File("init")], "kernel-unknown-format"),
        ([File("vmlinuz", kernel_file()), File("init"), File("boot/wyrcan.cmdline", b"x" * 2048)], "cmdline-too-long"),
        ([File("../init")], "layer-path-escapes"),
    ],
)
def test_image_that_cannot_boot_is_an_answer(registry: FaultyRegistry, members: list[File], code: str) -> None:
    serve(registry, Image([Layer(members)]))
    finding = look(registry)
    assert finding.refusal is not None
    assert finding.refusal.code == code
    assert finding.image is not None


def test_image_that_could_not_be_read_is_no_answer(registry: FaultyRegistry) -> None:
    image = bootable_image()
    serve(registry, image)
    layer = image.layers[0]
    path = f"/v2/demo/blobs/{layer.digest}"
    for wrong, code in (
        (Answer(404), "blob-missing"),
        (Answer(403), "registry-denied"),
        (Answer(body=bytes(len(layer.blob))), "digest-mismatch"),
        (Answer(body=layer.blob + b"\0"), "blob-size-mismatch"),
    ):
        registry.answer(path, wrong)
        with pytest.raises(WyrcanError) as raised:
            look(registry)
        assert raised.value.code == code
