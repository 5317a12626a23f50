"""What an image of many layers costs: connections, and the handshakes that come with them."""

import ssl
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image, kernel_file
from tests.support.bucket import Bucket
from tests.support.front import Front
from tests.support.image import File, Image, Layer
from tests.support.nginx import Nginx
from tests.support.pki import Authority
from tests.support.puller import Puller
from tests.support.registry import Registry
from tests.support.tokens import TokenServer
from wyrcan_tui.registry.certificates import Certificates

LAYERS = 24
AT_ONCE = 3
"""Layers that are fetched at the same time."""


@pytest.fixture
def many() -> Image:
    """An image of many layers."""
    return Image([*bootable_image().layers, *(Layer([File(f"file-{number}")]) for number in range(LAYERS))])


def connections(server: Nginx) -> int:
    """How many connections were made to a server."""
    return len({one.connection for one in server.requests})


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts for which the authorities were loaded, each as often as that was done."""
    hosts: list[str] = []
    load = Certificates.context

    def take_note(certificates: Certificates, host: str) -> ssl.SSLContext:
        hosts.append(host)
        return load(certificates, host)

    monkeypatch.setattr(Certificates, "context", take_note)
    return hosts


def test_layers_share_the_connections_and_what_tls_needs(
    tmp_path: Path, authority: Authority, many: Image, contexts: list[str]
) -> None:
    with (
        TokenServer(tmp_path / "tokens", anonymous=True) as tokens,
        Registry(tmp_path / "registry", tokens=tokens) as registry,
        Front(tmp_path / "front", registry.url, tls=authority.issue("127.0.0.1")) as front,
    ):
        registry.push_image("demo/tiny", "v1", many)
        puller = Puller({f"certs.d/{front.host}/site.crt": authority.certificate})
        assert puller.pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        assert len(front.requests) > LAYERS
        assert connections(front) <= AT_ONCE + 1
    assert contexts.count(front.host) == 1


def test_layers_share_the_connections_to_where_they_are_redirected(
    tmp_path: Path, authority: Authority, many: Image, contexts: list[str]
) -> None:
    pair = authority.issue("127.0.0.1")
    bucket = Bucket(tmp_path / "bucket", tmp_path / "registry/storage", tls=pair)
    with (
        bucket,
        Registry(tmp_path / "registry", blobs_at=bucket.url) as registry,
        Front(tmp_path / "front", registry.url, tls=pair) as front,
    ):
        registry.push_image("demo/tiny", "v1", many)
        puller = Puller({f"certs.d/{one.host}/site.crt": authority.certificate for one in (front, bucket)})
        assert puller.pull(f"{front.host}/demo/tiny:v1").kernel == kernel_file()
        assert len(bucket.requests) == len(many.blobs)
        assert max(connections(bucket), connections(front)) <= AT_ONCE + 1
    assert sorted(contexts) == sorted([front.host, bucket.host])


def test_connection_that_the_server_closed_meanwhile_is_made_anew_without_a_word(
    tmp_path: Path, authority: Authority, many: Image
) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        Front(tmp_path / "front", registry.url, tls=authority.issue("127.0.0.1")) as front,
    ):
        registry.push_image("demo/tiny", "v1", many)
        puller = Puller({f"certs.d/{front.host}/site.crt": authority.certificate})
        source = puller.source(f"{front.host}/demo/tiny:v1")
        assert source.document(None) == many.manifest
        front.stop()
        front.start()
        assert source.document(None) == many.manifest
    assert puller.troubles == []
