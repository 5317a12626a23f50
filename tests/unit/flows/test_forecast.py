"""What is told of an image before it is downloaded, and what is refused by that alone."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.image import File, Image, Layer
from tests.support.sources import AMD64, MemorySource
from wyrcan_tui.flows.forecast import Forecast, forecast
from wyrcan_tui.flows.memory import Footprint
from wyrcan_tui.image.resolve import Image as Found
from wyrcan_tui.image.resolve import resolve

MB = 10**6
LAYER = Layer([File("a", b"1")])


def found(labels: dict[str, str] | None = None, steps: Sequence[str] = ()) -> Forecast:
    """The forecast of a small image with these labels, built in these steps."""
    return forecast(resolve(MemorySource.of(Image([LAYER], labels=labels or {}, steps=steps)), AMD64), 0)


def of_size(*sizes: int, media_type: str = "application/vnd.oci.image.layer.v1.tar+gzip") -> Found:
    """An image whose layers have these sizes, as its manifest says."""
    image = resolve(MemorySource.of(Image([LAYER])), AMD64)
    (layer,) = image.manifest.layers
    layers = tuple(replace(layer, size=size, media_type=media_type) for size in sizes)
    return replace(image, manifest=replace(image.manifest, layers=layers))


def test_image_that_says_nothing_of_itself_promises_nothing() -> None:
    nothing = found()
    assert (nothing.description, nothing.release, nothing.promise, nothing.refusal) == ("", "", "", None)


def test_labels_tell_what_it_is_and_that_it_boots() -> None:
    labels = {"org.opencontainers.image.description": "An OS.\n  For you.", "containers.bootc": "1"}
    told = found(labels | {"ostree.linux": "6.12.5-200.fc41.x86_64"})
    assert told.description == "An OS. For you."
    assert told.release == "6.12.5-200.fc41.x86_64"
    assert told.promise == "its label containers.bootc says so"


@pytest.mark.parametrize(
    ("step", "word"),
    [
        ("RUN apt-get install -y linux-image-amd64 systemd", "linux-image"),
        ("COPY vmlinuz /boot/wyrcan.kernel # buildkit", "vmlinuz"),
        ("RUN dnf -y install kernel && dnf clean all", "kernel"),
        ("RUN dnf install -y kernel-core", "kernel-core"),
    ],
)
def test_step_that_puts_a_kernel_in_promises_that_it_boots(step: str, word: str) -> None:
    assert found(steps=["ADD rootfs.tar / # buildkit", step]).promise == f"a step that built it names {word}"


@pytest.mark.parametrize(
    "step", ["RUN apt-get install nginx", "RUN echo kernel of truth", "RUN apt-get install linux-libc-dev"]
)
def test_other_steps_promise_nothing(step: str) -> None:
    assert found(steps=[step]).promise == ""


def test_endless_description_is_cut() -> None:
    told = found({"org.opencontainers.image.description": "word " * 1000}).description
    assert len(told) == 300
    assert told.endswith("...")


def test_memory_is_estimated_from_the_sizes_in_the_manifest() -> None:
    assert Footprint.estimated(of_size(200 * MB, 100 * MB)) == Footprint(300 * MB, 810 * MB)


def test_layers_that_are_not_compressed_grow_no_more() -> None:
    plain = of_size(270 * MB, media_type="application/vnd.oci.image.layer.v1.tar")
    assert Footprint.estimated(plain) == Footprint(100 * MB, 270 * MB)


def test_image_that_is_larger_than_the_memory_while_it_is_packed_is_refused() -> None:
    refusal = forecast(of_size(6000 * MB, 4000 * MB), 8000 * MB).refusal
    assert refusal is not None
    assert refusal.code == "memory-too-small"
    assert "10.0 GB while it is still packed" in refusal.message
    assert "has 8.0 GB" in refusal.message


def test_estimate_alone_refuses_nothing() -> None:
    tight = forecast(of_size(7000 * MB), 8000 * MB)
    assert tight.footprint.needed > tight.memory
    assert tight.refusal is None


def test_machine_that_is_not_known_refuses_nothing() -> None:
    assert forecast(of_size(1 << 50), 0).refusal is None
