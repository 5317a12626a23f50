"""What stands around a registry: a cache, a server in front of it with its own ideas of TLS, and an object store."""

import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.support.bucket import Bucket
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.nginx import Access
from tests.support.pki import Authority
from tests.support.registry import Registry


class Tls(HTTPAdapter):
    """Connects with this TLS context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: object, **others: object) -> None:
        """Take the context."""
        super().init_poolmanager(*args, **others, ssl_context=self._context)  # type: ignore[arg-type]


def blob_path(image: Image) -> str:
    """Where a registry has the only layer."""
    return f"/v2/demo/tiny/blobs/{image.layers[0].digest}"


def stored(registry: Registry, image: Image) -> Path:
    """The file by which a registry knows that it has the only layer; it is the last that is written."""
    digits = image.layers[0].digest.removeprefix("sha256:")
    return registry.storage / f"docker/registry/v2/repositories/demo/tiny/_layers/sha256/{digits}/link"


def test_cache_asks_for_a_blob_before_it_has_it_and_never_again(
    tmp_path: Path, image: Image, client: requests.Session
) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        Front(tmp_path / "front", registry.url) as front,
        Registry(tmp_path / "cache", upstream=front.url) as cache,
    ):
        registry.push_image("demo/tiny", "v1", image)
        assert client.get(f"{cache.url}{blob_path(image)}").content == image.layers[0].blob
        deadline = time.monotonic() + 60
        while not stored(cache, image).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen = front.requests
        assert Access("GET", blob_path(image), 200, authorized=False) in seen
        assert client.get(f"{cache.url}{blob_path(image)}").content == image.layers[0].blob
        assert [one for one in front.requests[len(seen) :] if one.path == blob_path(image)] == []


def test_blobs_are_redirected_and_the_password_stays(tmp_path: Path, image: Image, client: requests.Session) -> None:
    bucket = Bucket(tmp_path / "bucket", tmp_path / "registry/storage")
    with bucket, Registry(tmp_path / "registry", users={"anna": "secret"}, blobs_at=bucket.url) as registry:
        registry.push_image("demo/tiny", "v1", image)
        answer = client.get(f"{registry.url}{blob_path(image)}", auth=("anna", "secret"))
        assert (answer.content, [one.status_code for one in answer.history]) == (image.layers[0].blob, [307])
        client.get(answer.url, auth=("anna", "secret"))
        path = urlsplit(answer.url).path
        assert bucket.requests == [Access("GET", path, 200, authorized) for authorized in (False, True)]


@pytest.mark.parametrize(
    ("versions", "ciphers"), [(["TLSv1.3"], "DEFAULT"), (["TLSv1.2"], "ECDHE-ECDSA-AES128-GCM-SHA256")]
)
def test_front_speaks_only_what_it_shall(
    tmp_path: Path, authority: Authority, client: requests.Session, versions: list[str], ciphers: str
) -> None:
    old = ssl.create_default_context(cafile=str(authority.path))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("ECDHE-ECDSA-CHACHA20-POLY1305")
    pair = authority.issue("127.0.0.1")
    with (
        Registry(tmp_path / "registry") as registry,
        Front(tmp_path / "front", registry.url, tls=pair, versions=versions, ciphers=ciphers) as front,
    ):
        assert client.get(f"{front.url}/v2/", verify=str(authority.path)).ok
        client.mount("https://", Tls(old))
        with pytest.raises(requests.exceptions.SSLError):
            client.get(f"{front.url}/v2/")
        assert front.requests == [Access("GET", "/v2/", 200, authorized=False)]


def test_front_answers_no_faster_than_it_shall(tmp_path: Path, client: requests.Session) -> None:
    with Registry(tmp_path / "registry") as registry, Front(tmp_path / "front", registry.url, rate="1r/m") as front:
        answers = [client.get(f"{front.url}/v2/") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].headers["Retry-After"] == "1"


def test_slow_transfer_is_cut_and_goes_on(tmp_path: Path, client: requests.Session) -> None:
    image = Image([Layer([File("zeros", bytes(1 << 20))], compression="plain")])
    with Registry(tmp_path / "registry") as registry, Front(tmp_path / "front", registry.url, speed=1 << 18) as front:
        registry.push_image("demo/tiny", "v1", image)
        answer = client.get(f"{front.url}{blob_path(image)}", stream=True)
        start = answer.raw.read1(1 << 10)
        front.stop()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            _ = answer.content
        front.start()
        end = len(start) + 100
        more = client.get(f"{front.url}{blob_path(image)}", headers={"Range": f"bytes={len(start)}-{end - 1}"})
        assert start + more.content == image.layers[0].blob[:end]
