"""An image that is at several places: whichever has it, and has it whole."""

import random

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.server import free_port
from tests.unit.registry.conftest import ImpatientMeter
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.oci.reference import RegistryReference
from wyrcan_tui.registry.mirrors import Mirror, Rule
from wyrcan_tui.registry.repository import Repository
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.source import RegistrySource

BLOB = random.Random(1).randbytes(3_000_000)
DESCRIPTOR = Descriptor("", Digest.of(BLOB), len(BLOB))


def source(registry: FaultyRegistry, meter: ImpatientMeter, *mirrors: str) -> RegistrySource:
    """The repository ``demo`` of a registry that has mirrors."""
    rule = Rule(registry.host, registry.host, mirrors=tuple(map(Mirror, mirrors)))
    return RegistrySource(RegistryReference(registry.host, "demo", "1"), Site(rules=(rule,)), meter)


def test_mirror_is_asked_and_the_registry_itself_is_not(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    with FaultyRegistry() as mirror:
        mirror.answer("/v2/all/demo/manifests/1", Answer(body=b"1"))
        mirror.answer(f"/v2/all/demo/blobs/{DESCRIPTOR.digest}", Answer(body=BLOB))
        found = source(faulty, meter, f"{mirror.host}/all")
        assert found.document(None) == b"1"
        assert b"".join(found.blob(DESCRIPTOR)) == BLOB
    assert faulty.requests == []


def test_mirror_that_is_not_there_is_asked_once(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    told: list[str] = []
    meter._report = lambda progress: told.append(progress.trouble)
    faulty.answer("/v2/demo/manifests/1", Answer(body=b"1"))
    faulty.answer(f"/v2/demo/blobs/{DESCRIPTOR.digest}", Answer(body=BLOB))
    found = source(faulty, meter, f"127.0.0.1:{free_port()}")
    assert found.document(None) == b"1"
    tries = len(meter.pauses)
    assert b"".join(found.blob(DESCRIPTOR)) == BLOB
    assert len(meter.pauses) == tries
    assert any(f"Trying {faulty.host} instead" in line for line in told)


def test_blob_that_a_mirror_breaks_off_goes_on_from_the_next(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    path = f"/v2/demo/blobs/{DESCRIPTOR.digest}"
    faulty.answer(path, Answer(body=BLOB, ranges=True))
    with FaultyRegistry() as mirror:
        mirror.answer(path, Answer(body=BLOB, sent=1_000_000), Answer(404))
        assert b"".join(source(faulty, meter, mirror.host).blob(DESCRIPTOR)) == BLOB
    (request,) = faulty.asked(path)
    assert request.headers["range"] == "bytes=1000000-"


def test_where_no_place_has_it_the_registry_s_own_words_count(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer("/v2/demo/tags/list", Answer(body=b'{"tags": ["7"]}'))
    with FaultyRegistry() as mirror:
        found = source(faulty, meter, mirror.host)
        for _ in range(2):
            with pytest.raises(WyrcanError) as raised:
                found.document(None)
            assert raised.value.code == "tag-missing"
            assert "7" in raised.value.hint


def test_clock_that_is_wrong_is_told_whichever_place_notices(
    faulty: FaultyRegistry, meter: ImpatientMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [WyrcanError("registry-not-yet-valid", "The clock."), WyrcanError("registry-unreachable", "No route.")]

    def fail(place: Repository, name: str) -> bytes:
        raise failures.pop(0)

    monkeypatch.setattr(Repository, "document", fail)
    with pytest.raises(WyrcanError) as raised:
        source(faulty, meter, "127.0.0.1:9").document(None)
    assert raised.value.code == "registry-not-yet-valid"
