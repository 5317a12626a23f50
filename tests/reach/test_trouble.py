"""Registries that have too much to do, and networks that break off: what heals, heals by itself."""

from pathlib import Path

import pytest

from tests.support.bootable import kernel_file
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.nginx import Access
from tests.support.puller import Puller
from tests.support.registry import Registry
from tests.support.sources import AMD64
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import verified
from wyrcan_tui.image.resolve import resolve


def test_registry_that_throttles_is_waited_for(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry, Front(tmp_path / "front", registry.url, rate="1r/s") as front:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(registries=[front.url])
        assert puller.pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        assert 429 in {one.status for one in front.requests}
    assert "gives us no more for now" in puller.troubles[0]


def test_registry_that_goes_on_throttling_is_told(
    tmp_path: Path, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wyrcan_tui.progress.Meter.pause", lambda meter, seconds: meter.check())
    with Registry(tmp_path / "registry") as registry, Front(tmp_path / "front", registry.url, rate="1r/m") as front:
        registry.push_image("demo/tiny", "v1", image)
        with pytest.raises(WyrcanError) as raised:
            Puller(registries=[front.url]).pull(f"{front.host}/demo/tiny:v1")
    assert raised.value.code == "registry-busy"


def test_transfer_that_is_cut_goes_on_where_it_was(tmp_path: Path) -> None:
    image = Image([Layer([File("zeros", bytes(1 << 20))], compression="plain")])
    with Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        slow = Front(tmp_path / "slow", registry.url, speed=1 << 14)
        puller = Puller(registries=[slow.url])
        with slow:
            source = puller.source(f"{slow.host}/demo/tiny:v1")
            (layer,) = resolve(source, AMD64).manifest.layers
            coming = verified(source.blob(layer), layer)
            start = next(coming)
        path = f"/v2/demo/tiny/blobs/{layer.digest}"
        with Front(tmp_path / "fast", registry.url, slow.port) as fast:
            assert start + b"".join(coming) == image.layers[0].blob
            assert fast.requests == [Access("GET", path, 206, authorized=False)]
    assert any("broke off" in trouble for trouble in puller.troubles)


def test_registry_that_comes_back_meanwhile_is_found(
    tmp_path: Path, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        registry.stop()
        monkeypatch.setattr("wyrcan_tui.progress.Meter.pause", lambda meter, seconds: registry.start())
        puller = Puller(registries=[registry.url])
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
    assert "connection refused" in puller.troubles[0]
