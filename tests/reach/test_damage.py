"""Mirrors that send something else than an image is made of: that is had from another place, or nothing is booted."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.support.bootable import bootable_image, kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import File, Image, Layer, digest
from tests.support.puller import Puller
from tests.support.registry import Registry
from tests.support.sources import AMD64
from tests.support.unpacker import unpack
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order, prepared
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter, Progress

pytestmark = pytest.mark.usefixtures("impatient")

NOISE = [Random(number).randbytes(1 << 20) for number in range(4)]
LARGE = Layer([File(f"noise-{number}", noise) for number, noise in enumerate(NOISE)], "gzip")
PLAIN = Layer(LARGE.members, "plain")
HEADER = (1 << 20) + 512 + 3
"""Where in the layer without compression the header of the second file has a letter of its name."""


def flipped(blob: bytes, at: int) -> bytes:
    """A blob with one bit changed."""
    return blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]


def damaged(image: Image, what: str) -> tuple[str, bytes]:
    """The digest of a blob of an image, and what it became on the way."""
    upper, lower = image.layers[1], image.layers[0]
    match what:
        case "configuration":
            return digest(image.config), flipped(image.config, 5)
        case "gzip header":
            # The time in it, without which it unpacks as well.
            return lower.digest, flipped(lower.blob, 4)
        case "gzip data":
            return lower.digest, flipped(lower.blob, len(lower.blob) // 2)
        case "end of much":
            return upper.digest, flipped(upper.blob, len(upper.blob) - 1000)
        case "tar header":
            return upper.digest, flipped(upper.blob, HEADER)
        case _:
            return upper.digest, upper.blob + b"x"


def serve(mirror: FaultyRegistry, image: Image, what: str) -> None:
    """Have a mirror send an image with something damaged."""
    mirror.answer("/v2/demo/tiny/manifests/v1", Answer(body=image.manifest))
    wrong, damage = damaged(image, what)
    for name, blob in image.blobs.items():
        mirror.answer(f"/v2/demo/tiny/blobs/{name}", Answer(body=damage if name == wrong else blob))


def mirrored(registry: str, mirror: str) -> Puller:
    """A machine with a mirror in front of a registry."""
    file = f'[[registry]]\nlocation = "{registry}"\n[[registry.mirror]]\nlocation = "{mirror}"\n'
    return Puller({"registries.conf": file.encode()})


def boot(puller: Puller, name: str) -> tuple[bytes, dict[str, bytes], list[str]]:
    """Make all ready to boot: the kernel, the contents of the root's files, and the troubles on the way."""
    troubles: list[str] = []

    def listen(progress: Progress) -> None:
        if progress.trouble:
            troubles.append(progress.trouble)

    with prepared(Order(parse_reference(name), site=puller.site), AMD64, Meter(listen)) as ready:
        kernel, initrd = (os.pread(file, os.fstat(file).st_size, 0) for file in (ready.kernel, ready.initrd))
    files = {path.decode(): node.content for path, node in unpack(initrd).items() if node.content}
    return kernel, files, troubles


@pytest.mark.parametrize(
    "what", ["configuration", "gzip header", "gzip data", "end of much", "tar header", "more than it should have"]
)
def test_what_a_mirror_damaged_is_had_from_the_registry_and_that_is_told(tmp_path: Path, what: str) -> None:
    image = Image([*bootable_image().layers, PLAIN if what == "tar header" else LARGE])
    with FaultyRegistry() as mirror, Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        serve(mirror, image, what)
        kernel, files, troubles = boot(mirrored(registry.host, mirror.host), f"{registry.host}/demo/tiny:v1")
    assert kernel == kernel_file()
    assert [files[f"noise-{number}"] for number in range(len(NOISE))] == NOISE
    assert troubles == [f"What {mirror.host} sends was damaged. Beginning again with {registry.host} instead."]


@pytest.mark.parametrize(
    "what", ["configuration", "gzip header", "gzip data", "tar header", "more than it should have"]
)
def test_where_every_place_sends_the_same_damage_nothing_is_booted(what: str) -> None:
    image = Image([*bootable_image().layers, PLAIN if what == "tar header" else LARGE])
    with FaultyRegistry() as mirror, FaultyRegistry() as registry:
        serve(mirror, image, what)
        serve(registry, image, what)
        with pytest.raises(WyrcanError) as raised:
            boot(mirrored(registry.host, mirror.host), f"{registry.host}/demo/tiny:v1")
    assert raised.value.code in ("digest-mismatch", "blob-size-mismatch")
    assert raised.value.context["expected"] == damaged(image, what)[0]


def test_layer_that_was_damaged_when_it_was_made_is_no_fault_of_the_mirror(tmp_path: Path) -> None:
    good = bootable_image().layers[0]
    with Registry(tmp_path / "registry") as registry, FaultyRegistry() as mirror:
        image = Image([good, LARGE])
        wrong = flipped(LARGE.blob, len(LARGE.blob) // 2)
        manifest = image.manifest.replace(LARGE.digest.encode(), digest(wrong).encode())
        mirror.answer("/v2/demo/tiny/manifests/v1", Answer(body=manifest))
        for name, blob in (image.blobs | {digest(wrong): wrong}).items():
            mirror.answer(f"/v2/demo/tiny/blobs/{name}", Answer(body=blob))
        with pytest.raises(WyrcanError) as raised:
            boot(mirrored(registry.host, mirror.host), f"{registry.host}/demo/tiny:v1")
    assert raised.value.code == "layer-damaged"
