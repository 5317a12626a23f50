"""Images in a registry: from Debian's own registry server, and from one that breaks off."""

import random
import time
from dataclasses import replace

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import File, Image, Index, Layer, Schema
from tests.support.kernels import bzimage
from tests.support.registry import Registry
from tests.unit.registry.conftest import ImpatientMeter
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image import engine
from wyrcan_tui.image.blob import verified
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import ACCEPTED, Descriptor, Manifest, parse_manifest
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry import body
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.source import RegistrySource

AMD64 = Platform("linux", "amd64")
BLOB = random.Random(1).randbytes(3_000_000)
BLOB_DESCRIPTOR = Descriptor("", Digest.of(BLOB), len(BLOB))
BLOB_PATH = f"/v2/demo/blobs/{BLOB_DESCRIPTOR.digest}"
IMAGE = Image(
    [
        Layer([File("boot/wyrcan.kernel", bzimage()), File("init")]),
        Layer([File("etc/noise", random.Random(2).randbytes(2_500_000))], "zstd"),
    ]
)


def source(host: str, tag: str, meter: ImpatientMeter, digest: Digest | None = None) -> RegistrySource:
    """The image ``demo/tiny:TAG`` of the registry server on this machine."""
    return RegistrySource(
        RegistryReference(host, "demo/tiny", tag, digest), Site((RegistryAddress(host, plain=True),)), meter
    )


# Debian's registry server


@pytest.mark.parametrize("schema", ["oci", "docker"])
def test_image_comes_out_of_a_registry_as_it_went_in(registry: Registry, meter: ImpatientMeter, schema: str) -> None:
    content = Image(IMAGE.layers, schema="docker" if schema == "docker" else "oci")
    registry.push_image("demo/tiny", "v1", Index([Image(IMAGE.layers, "arm64"), content], content.schema))
    found = source(f"127.0.0.1:{registry.port}", "v1", meter)
    image = resolve(found, AMD64)
    assert str(image.digest) == content.digest
    assert engine.examine(found, image, meter).kernel == bzimage()
    pinned = source(f"127.0.0.1:{registry.port}", "", meter, image.digest)
    # Nobody but the index tells what else is offered.
    assert resolve(pinned, AMD64, image.digest) == replace(image, offered=())


def test_missing_tag_names_the_newest_tags_there_are(registry: Registry, meter: ImpatientMeter) -> None:
    for number in range(1, 15):
        registry.push_image("demo/tiny", f"v{number}", IMAGE)
    with pytest.raises(WyrcanError) as raised:
        source(f"127.0.0.1:{registry.port}", "gone", meter).document(None)
    assert raised.value.code == "tag-missing"
    assert "v14, v13, v12" in raised.value.hint
    assert "v2," not in raised.value.hint


def test_missing_repository_is_called_so(registry: Registry, meter: ImpatientMeter) -> None:
    with pytest.raises(WyrcanError) as raised:
        source(f"127.0.0.1:{registry.port}", "v1", meter).document(None)
    assert raised.value.code == "repository-missing"


def test_missing_blob_is_an_error(registry: Registry, meter: ImpatientMeter) -> None:
    registry.push_image("demo/tiny", "v1", IMAGE)
    with pytest.raises(WyrcanError) as raised:
        list(source(f"127.0.0.1:{registry.port}", "v1", meter).blob(BLOB_DESCRIPTOR))
    assert raised.value.code == "blob-missing"
    assert BLOB_DESCRIPTOR.digest.short in raised.value.message


def test_layer_that_is_not_to_be_distributed_is_fetched_like_any_other(
    registry: Registry, meter: ImpatientMeter
) -> None:
    # Docker's own type for such layers this registry takes only with addresses that it was told to trust.
    registry.push_image("demo/tiny", "v1", Image([replace(layer, foreign=True) for layer in IMAGE.layers]))
    found = source(f"127.0.0.1:{registry.port}", "v1", meter)
    image = resolve(found, AMD64)
    assert all(layer.is_foreign for layer in image.manifest.layers)
    assert engine.examine(found, image, meter).kernel == bzimage()


# A registry that breaks off


@pytest.fixture
def broken(faulty: FaultyRegistry, meter: ImpatientMeter) -> RegistrySource:
    """The repository ``demo`` of the faulty registry."""
    return RegistrySource(
        RegistryReference(faulty.host, "demo", "v1"), Site((RegistryAddress(faulty.host, plain=True),)), meter
    )


@pytest.mark.parametrize("schema", ["oci", "docker"])
def test_layer_that_its_publisher_keeps_elsewhere_is_refused_in_these_words(
    broken: RegistrySource, schema: Schema
) -> None:
    # A registry answers 404 for whatever it does not have.
    manifest = parse_manifest(Image([Layer([], foreign=True)], schema=schema).manifest)
    assert isinstance(manifest, Manifest)
    with pytest.raises(WyrcanError) as raised:
        list(broken.blob(manifest.layers[0]))
    assert raised.value.code == "blob-missing"
    assert "not to be distributed" in raised.value.message
    assert "allow-nondistributable-artifacts" in raised.value.hint


def test_both_kinds_of_manifests_and_indexes_are_asked_for(faulty: FaultyRegistry, broken: RegistrySource) -> None:
    faulty.answer("/v2/demo/manifests/v1", Answer(body=b"{}"))
    assert broken.document(None) == b"{}"
    assert faulty.requests[0].headers["accept"] == ", ".join(ACCEPTED)


def test_transfer_that_breaks_off_goes_on_where_it_stopped(faulty: FaultyRegistry, broken: RegistrySource) -> None:
    faulty.answer(
        BLOB_PATH,
        Answer(body=BLOB, sent=1_000_000, ranges=True),
        Answer(body=BLOB, sent=1_500_000, ranges=True),
        Answer(body=BLOB, ranges=True),
    )
    assert b"".join(verified(broken.blob(BLOB_DESCRIPTOR), BLOB_DESCRIPTOR)) == BLOB
    asked = [request.headers.get("range") for request in faulty.requests]
    assert asked[0] is None
    starts = [int(text.removeprefix("bytes=").removesuffix("-")) for text in asked[1:] if text]
    assert starts == sorted(starts)
    assert 0 < starts[0] <= 1_000_000 < starts[1] <= 2_500_000
    assert all(request.headers["accept-encoding"] == "identity" for request in faulty.requests)


def test_server_that_knows_no_ranges_is_read_from_the_front_again(
    faulty: FaultyRegistry, broken: RegistrySource
) -> None:
    faulty.answer(BLOB_PATH, Answer(body=BLOB, sent=2_000_000), Answer(body=BLOB, sent=1_000_000), Answer(body=BLOB))
    assert b"".join(verified(broken.blob(BLOB_DESCRIPTOR), BLOB_DESCRIPTOR)) == BLOB


def test_transfer_that_breaks_off_behind_its_last_byte_is_complete(
    faulty: FaultyRegistry, broken: RegistrySource
) -> None:
    faulty.answer(BLOB_PATH, Answer(body=BLOB + b"?", sent=len(BLOB)))
    assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB
    assert len(faulty.requests) == 1


@pytest.mark.parametrize(
    ("told", "start"),
    [
        (f"bytes 0-{len(BLOB) - 1}/{len(BLOB)}", 0),
        (f"bytes 700000-{len(BLOB) - 1}/{len(BLOB)}", 700_000),
        (f"Bytes 700000-{len(BLOB) - 1}/*", 700_000),
    ],
    ids=["front", "earlier", "of unknown length"],
)
def test_part_that_begins_earlier_than_asked_is_read_from_where_it_matters(
    faulty: FaultyRegistry, broken: RegistrySource, told: str, start: int
) -> None:
    part = Answer(206, {"Content-Range": told}, BLOB[start:])
    faulty.answer(BLOB_PATH, Answer(body=BLOB, sent=1_000_000), part)
    assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB
    assert len(faulty.requests) == 2


@pytest.mark.parametrize(
    "unusable",
    [
        Answer(416),
        Answer(416, {"Content-Range": "bytes */1000000"}),
        Answer(206, {"Content-Range": f"bytes 2000000-{len(BLOB) - 1}/{len(BLOB)}"}, BLOB[2_000_000:]),
        Answer(206, {"Content-Range": f"blocks 0-{len(BLOB) - 1}/{len(BLOB)}"}, BLOB),
        Answer(206, {"Content-Range": f"bytes {'9' * 5000}-9/*"}, BLOB),
        Answer(206, body=BLOB[1_000_000:]),
        Answer(206, {"Content-Type": "multipart/byteranges; boundary=b"}, b"\r\n--b\r\n" + BLOB + b"\r\n--b--\r\n"),
    ],
    ids=["none", "none of so many", "later", "in other units", "nonsense", "from nowhere", "in parts"],
)
def test_blob_is_fetched_from_its_front_where_its_rest_cannot_be_had(
    faulty: FaultyRegistry, broken: RegistrySource, unusable: Answer
) -> None:
    faulty.answer(BLOB_PATH, Answer(body=BLOB, sent=1_000_000), unusable, Answer(body=BLOB))
    assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB
    assert [request.headers.get("range") for request in faulty.requests] == [None, "bytes=1000000-", None]


def test_blob_whose_rest_can_never_be_had_is_given_up(
    faulty: FaultyRegistry, broken: RegistrySource, meter: ImpatientMeter
) -> None:
    faulty.answer(BLOB_PATH, *[Answer(body=BLOB, sent=1_000_000), Answer(416)] * 8)
    with pytest.raises(WyrcanError) as raised:
        list(broken.blob(BLOB_DESCRIPTOR))
    assert raised.value.code == "registry-unreachable"
    assert "after 1000000 of 3000000 bytes" in raised.value.message
    assert (len(meter.pauses), len(faulty.requests)) == (8, 15)


@pytest.mark.parametrize("rest", [Answer(416), Answer(200, body=BLOB[:-1])])
def test_blob_that_is_shorter_than_was_said_is_not_fetched_again(
    faulty: FaultyRegistry, broken: RegistrySource, rest: Answer
) -> None:
    whole = Answer(body=BLOB[:-1])
    faulty.answer(BLOB_PATH, whole, rest, whole)
    assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB[:-1]
    assert len(faulty.asked(BLOB_PATH)) <= 3


def test_refusal_of_a_range_that_nobody_asked_for_is_an_error(faulty: FaultyRegistry, broken: RegistrySource) -> None:
    faulty.answer(BLOB_PATH, Answer(416))
    with pytest.raises(WyrcanError) as raised:
        list(broken.blob(BLOB_DESCRIPTOR))
    assert raised.value.code == "registry-error"


def test_transfer_that_never_gets_further_ends(
    faulty: FaultyRegistry, broken: RegistrySource, meter: ImpatientMeter
) -> None:
    faulty.answer(BLOB_PATH, Answer(body=BLOB, sent=0))
    with pytest.raises(WyrcanError) as raised:
        list(broken.blob(BLOB_DESCRIPTOR))
    assert raised.value.code == "registry-unreachable"
    assert "after 0 of 3000000 bytes" in raised.value.message
    assert len(meter.pauses) == len(faulty.requests) == 8


def test_transfer_that_trickles_is_taken_up_again(
    faulty: FaultyRegistry, broken: RegistrySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "_WINDOW", 0.2)
    faulty.answer(BLOB_PATH, Answer(body=BLOB, ranges=True, trickle=0.01), Answer(body=BLOB, ranges=True))
    assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB
    _, again = faulty.requests
    assert 1 < int(again.headers["range"].removeprefix("bytes=").removesuffix("-")) < 100


def test_transfer_that_goes_on_trickling_ends(
    faulty: FaultyRegistry, broken: RegistrySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "_WINDOW", 0.05)
    faulty.answer(BLOB_PATH, Answer(body=BLOB, ranges=True, trickle=0.01))
    with pytest.raises(WyrcanError) as raised:
        list(broken.blob(BLOB_DESCRIPTOR))
    assert raised.value.code == "registry-unreachable"
    assert "8 times" in raised.value.message


def test_reader_that_takes_its_time_is_not_taken_for_a_registry_that_trickles(
    faulty: FaultyRegistry, broken: RegistrySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "_WINDOW", 0.3)
    monkeypatch.setattr(body, "_LEAST", 1 << 30)
    faulty.answer(BLOB_PATH, Answer(body=BLOB, ranges=True))
    found = b""
    for piece in broken.blob(BLOB_DESCRIPTOR):
        time.sleep(0.2)
        found += piece
    assert found == BLOB
    assert len(faulty.requests) == 1


def test_blob_without_an_end_is_left_alone(faulty: FaultyRegistry, broken: RegistrySource) -> None:
    faulty.answer(BLOB_PATH, Answer(body=bytes(1 << 20), endless=True))
    with pytest.raises(WyrcanError) as raised:
        list(verified(broken.blob(BLOB_DESCRIPTOR), BLOB_DESCRIPTOR))
    assert raised.value.code == "blob-size-mismatch"


def test_blob_may_be_stored_on_another_host(faulty: FaultyRegistry, broken: RegistrySource) -> None:
    with FaultyRegistry() as storage:
        faulty.answer(BLOB_PATH, Answer(307, {"Location": f"http://localhost:{storage.port}/blob"}))
        storage.answer("/blob", Answer(body=BLOB, sent=1_000_000, ranges=True), Answer(body=BLOB, ranges=True))
        assert b"".join(broken.blob(BLOB_DESCRIPTOR)) == BLOB
        assert storage.requests[1].headers["range"].startswith("bytes=")


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        (str(Digest.of(b"{}")), False),
        (str(Digest.of(b"other")), True),
        ("sha512:" + "0" * 128, True),
        ("md5:" + "0" * 32, False),
        ("none", False),
    ],
    ids=["right", "wrong", "wrong and longer", "not known", "nonsense"],
)
def test_manifest_must_be_what_the_registry_says_it_sends(
    faulty: FaultyRegistry, broken: RegistrySource, told: str, refused: bool
) -> None:
    faulty.answer("/v2/demo/manifests/v1", Answer(headers={"Docker-Content-Digest": told}))
    if refused:
        with pytest.raises(WyrcanError) as raised:
            broken.document(None)
        assert raised.value.code == "digest-mismatch"
    else:
        assert broken.document(None) == b"{}"
