"""What a site's registries.conf says: caches in front of registries, and registries that nobody may use."""

import time
from pathlib import Path

import pytest

from tests.support.bootable import kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.front import Front
from tests.support.image import MANIFEST_TYPES, Image, digest
from tests.support.pki import Authority
from tests.support.puller import Puller, strict
from tests.support.registry import Registry
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError

pytestmark = pytest.mark.usefixtures("impatient")


def cached(registry: str, *mirrors: str, more: str = "") -> dict[str, bytes]:
    """The file that puts mirrors in front of a registry."""
    tables = "".join(f'[[registry.mirror]]\nlocation = "{mirror}"\n{more}\n' for mirror in mirrors)
    return {"registries.conf": f'[[registry]]\nlocation = "{registry}"\n{tables}'.encode()}


def wait_until_kept(cache: Registry, repository: str, image: Image) -> None:
    """Wait until a cache has all of an image: it passes a blob on before it is done with keeping it."""
    layers = cache.storage / f"docker/registry/v2/repositories/{repository}/_layers/sha256"
    links = [layers / name.removeprefix("sha256:") / "link" for name in image.blobs]
    deadline = time.monotonic() + 60
    while not all(link.exists() for link in links):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_cache_is_asked_and_the_registry_is_not(tmp_path: Path, image: Image) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        Front(tmp_path / "front", registry.url) as front,
        Registry(tmp_path / "cache", upstream=registry.url) as cache,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(cached(front.host, cache.host))
        assert puller.pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        assert (front.requests, puller.troubles) == ([], [])


def test_cache_goes_on_while_the_registry_is_down(tmp_path: Path, image: Image) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        Registry(tmp_path / "cache", upstream=registry.url) as cache,
    ):
        pinned = registry.push_image("demo/tiny", "v1", image)
        puller = Puller(cached(registry.host, cache.host))
        puller.pull(f"{registry.host}/demo/tiny@{pinned}")
        wait_until_kept(cache, "demo/tiny", image)
        registry.stop()
        assert puller.pull(f"{registry.host}/demo/tiny@{pinned}").kernel == kernel_file()


def test_cache_may_need_the_authority_of_the_site(tmp_path: Path, authority: Authority, image: Image) -> None:
    pair = authority.issue("127.1")
    with (
        Registry(tmp_path / "registry") as registry,
        Registry(tmp_path / "cache", upstream=registry.url, tls=pair) as cache,
    ):
        registry.push_image("demo/tiny", "v1", image)
        files = cached("registry.test", strict(cache))
        files[f"certs.d/{strict(cache)}/site.crt"] = authority.certificate
        assert Puller(files).pull("registry.test/demo/tiny:v1").kernel == kernel_file()


def test_cache_without_tls_must_be_called_insecure(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        files = cached("127.0.0.1:9", strict(registry), more="insecure = true")
        assert Puller(files).pull("127.0.0.1:9/demo/tiny:v1").kernel == kernel_file()
        closed = Puller(cached("127.0.0.1:9", strict(registry)))
        with pytest.raises(WyrcanError):
            closed.pull("127.0.0.1:9/demo/tiny:v1")
    assert any("does not speak TLS" in trouble for trouble in closed.troubles)


def test_namespace_of_a_cache_stands_before_the_repository(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "harbor") as harbor:
        harbor.push_image("hub/library/tiny", "v1", image)
        assert Puller(cached("docker.io", f"{harbor.host}/hub")).pull("tiny:v1").kernel == kernel_file()


def test_where_the_cache_is_down_the_registry_itself_is_asked_and_that_is_told(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(cached(registry.host, f"127.0.0.1:{free_port()}"))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()
    assert "connection refused" in puller.troubles[0]
    assert puller.troubles[-1].endswith(f"Trying {registry.host} instead.")


def test_cache_that_lacks_an_image_is_no_reason_not_to_boot(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry, Registry(tmp_path / "mirror") as mirror:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(cached(registry.host, mirror.host))
        assert puller.pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()


def test_cache_that_goes_away_on_the_way_is_followed_by_the_registry(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry, Registry(tmp_path / "mirror") as mirror:
        for one in (registry, mirror):
            one.push_image("demo/tiny", "v1", image)
        source = Puller(cached(registry.host, mirror.host)).source(f"{registry.host}/demo/tiny:v1")
        assert source.document(None) == image.manifest
        mirror.stop()
        assert source.document(None) == image.manifest


def test_registry_that_is_blocked_is_not_asked(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry, Front(tmp_path / "front", registry.url) as front:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller({"registries.conf": f'[[registry]]\nlocation = "{front.host}"\nblocked = true'.encode()})
        with pytest.raises(WyrcanError) as raised:
            puller.pull(f"{front.host}/demo/tiny:v1")
        assert (raised.value.code, front.requests) == ("registry-blocked", [])


@pytest.mark.parametrize("wrong", ["layer", "configuration"])
def test_what_a_mirror_has_changed_is_not_booted(tmp_path: Path, image: Image, wrong: str) -> None:
    (layer,) = image.layers
    chosen = layer.digest if wrong == "layer" else digest(image.config)
    with FaultyRegistry() as mirror:
        mirror.answer(
            "/v2/demo/tiny/manifests/v1", Answer(headers={"Content-Type": MANIFEST_TYPES["oci"]}, body=image.manifest)
        )
        for name, blob in image.blobs.items():
            # In the time of a gzip header, which unpacks as well.
            bad = blob[:4] + bytes([blob[4] ^ 1]) + blob[5:]
            mirror.answer(f"/v2/demo/tiny/blobs/{name}", Answer(body=bad if name == chosen else blob))
        puller = Puller(cached("registry.test", mirror.host))
        with pytest.raises(WyrcanError) as raised:
            puller.pull("registry.test/demo/tiny:v1")
    assert raised.value.code == "digest-mismatch"


def test_manifest_that_a_mirror_has_changed_is_not_taken_for_the_pinned_one(image: Image) -> None:
    with FaultyRegistry() as mirror:
        mirror.answer(f"/v2/demo/tiny/manifests/{image.digest}", Answer(body=image.manifest + b" "))
        puller = Puller(cached("registry.test", mirror.host))
        with pytest.raises(WyrcanError):
            puller.pull(f"registry.test/demo/tiny@{image.digest}")
    assert "sends another manifest than it should" in puller.troubles[0]


def test_manifest_that_a_mirror_has_changed_is_taken_from_the_registry(tmp_path: Path, image: Image) -> None:
    with FaultyRegistry() as mirror, Registry(tmp_path / "registry") as registry:
        registry.push_image("demo/tiny", "v1", image)
        mirror.answer(f"/v2/demo/tiny/manifests/{image.digest}", Answer(body=image.manifest + b" "))
        puller = Puller(cached(registry.host, mirror.host))
        assert puller.pull(f"{registry.host}/demo/tiny@{image.digest}").kernel == kernel_file()
    assert f"Trying {registry.host} instead." in puller.troubles[0]
