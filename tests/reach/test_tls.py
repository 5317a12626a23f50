"""Registries with certificates of a site's own authority, and those who want certificates of their clients."""

import base64
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.bootable import kernel_file
from tests.support.front import Front
from tests.support.image import Image
from tests.support.pki import Authority, KeyPair
from tests.support.puller import Puller, strict
from tests.support.registry import Registry
from wyrcan_tui.errors import WyrcanError

ECDHE_GCM = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
pytestmark = pytest.mark.usefixtures("impatient")


def serve(folder: Path, image: Image, pair: KeyPair) -> Registry:
    """A registry with TLS that has the image; it does not run yet."""
    with Registry(folder) as plain:
        plain.push_image("demo/tiny", "v1", image)
    return Registry(folder, tls=pair)


def refusal(puller: Puller, name: str) -> WyrcanError:
    """Why a pull fails."""
    with pytest.raises(WyrcanError) as raised:
        puller.pull(name)
    return raised.value


@pytest.mark.parametrize("separator", [":", "_"])
def test_authority_in_a_file_is_trusted(tmp_path: Path, authority: Authority, image: Image, separator: str) -> None:
    with serve(tmp_path / "registry", image, authority.issue("127.1")) as registry:
        folder = strict(registry).replace(":", separator)
        puller = Puller({f"certs.d/{folder}/site.crt": authority.certificate})
        assert puller.pull(f"{strict(registry)}/demo/tiny:v1").kernel == kernel_file()


def test_authority_in_a_word_is_trusted(tmp_path: Path, authority: Authority, image: Image) -> None:
    word = base64.b64encode(ssl.PEM_cert_to_DER_cert(authority.certificate.decode())).decode()
    with serve(tmp_path / "registry", image, authority.issue("127.1")) as registry:
        assert Puller(authorities=[word]).pull(f"{strict(registry)}/demo/tiny:v1").kernel == kernel_file()


def test_authority_that_nobody_told_of_is_not_trusted(tmp_path: Path, authority: Authority, image: Image) -> None:
    with serve(tmp_path / "registry", image, authority.issue("127.1", "127.0.0.1")) as registry:
        for host in (strict(registry), registry.host):
            error = refusal(Puller(), f"{host}/demo/tiny:v1")
            assert (error.code, "unable to get local issuer" in error.message) == ("registry-untrusted", True)


def test_authority_of_one_host_is_not_trusted_for_another(tmp_path: Path, authority: Authority, image: Image) -> None:
    puller = Puller({"certs.d/registry.test/site.crt": authority.certificate})
    with serve(tmp_path / "registry", image, authority.issue("127.1")) as registry:
        assert refusal(puller, f"{strict(registry)}/demo/tiny:v1").code == "registry-untrusted"


def test_certificate_for_another_name_is_not_trusted(tmp_path: Path, authority: Authority, image: Image) -> None:
    with serve(tmp_path / "registry", image, authority.issue("registry.test")) as registry:
        puller = Puller({f"certs.d/{strict(registry)}/site.crt": authority.certificate})
        error = refusal(puller, f"{strict(registry)}/demo/tiny:v1")
    assert (error.code, "Hostname mismatch" in error.message) == ("registry-untrusted", True)


@pytest.mark.parametrize(
    ("day", "told"),
    [(-2, ("registry-untrusted", "certificate has expired")), (2, ("registry-not-yet-valid", "not valid yet"))],
)
def test_certificate_is_trusted_in_its_time_only(
    tmp_path: Path, authority: Authority, image: Image, day: int, told: tuple[str, str]
) -> None:
    start = datetime.now(UTC) + timedelta(days=day)
    pair = authority.issue("127.1", start=start, end=start + timedelta(days=1))
    with serve(tmp_path / "registry", image, pair) as registry:
        puller = Puller({f"certs.d/{strict(registry)}/site.crt": authority.certificate})
        error = refusal(puller, f"{strict(registry)}/demo/tiny:v1")
    code, words = told
    assert (error.code, words in error.message) == (code, True)


def test_client_shows_the_certificate_that_it_is_asked_for(tmp_path: Path, authority: Authority, image: Image) -> None:
    own = authority.issue("machine", client=True)
    with Registry(tmp_path / "registry", tls=authority.issue("127.0.0.1"), client_authority=authority) as registry:
        registry.push_image("demo/tiny", "v1", image)
        folder = f"certs.d/{registry.host}"
        files = {
            f"{folder}/site.crt": authority.certificate,
            f"{folder}/machine.cert": own.certificate.read_bytes(),
            f"{folder}/machine.key": own.key.read_bytes(),
        }
        assert Puller(files).pull(f"{registry.host}/demo/tiny:v1").kernel == kernel_file()


@pytest.mark.parametrize("shown", [False, True])
def test_client_without_the_right_certificate_is_told_so(
    tmp_path: Path, authority: Authority, image: Image, shown: bool
) -> None:
    own = Authority(tmp_path / "other").issue("machine", client=True)
    pair = authority.issue("127.1", "127.0.0.1")
    with Registry(tmp_path / "registry", tls=pair, client_authority=authority) as registry:
        registry.push_image("demo/tiny", "v1", image)
        folder = f"certs.d/{strict(registry)}"
        files = {f"{folder}/site.crt": authority.certificate}
        if shown:
            files |= {f"{folder}/own.cert": own.certificate.read_bytes(), f"{folder}/own.key": own.key.read_bytes()}
        puller = Puller(files)
        # Whether the request or the refusal is first differs from try to try.
        for _ in range(10):
            error = refusal(puller, f"{strict(registry)}/demo/tiny:v1")
            assert (error.code, puller.troubles) == ("registry-denied", [])
    assert "certificate of ours" in error.message
    assert "certs.d" in error.hint


@pytest.mark.parametrize(("versions", "ciphers"), [(["TLSv1.3"], "DEFAULT"), (["TLSv1.2"], ECDHE_GCM)])
def test_server_that_speaks_only_the_good_part_of_tls_is_understood(
    tmp_path: Path, authority: Authority, image: Image, versions: list[str], ciphers: str
) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        Front(
            tmp_path / "front", registry.url, tls=authority.issue("127.1"), versions=versions, ciphers=ciphers
        ) as front,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller({f"certs.d/{strict(front)}/site.crt": authority.certificate})
        assert puller.pull(f"{strict(front)}/demo/tiny:v1").kernel == kernel_file()


def test_server_that_speaks_only_old_tls_is_not_taken_for_one_with_a_bad_certificate(
    tmp_path: Path, authority: Authority
) -> None:
    pair = authority.issue("127.1")
    front = Front(tmp_path / "front", "http://127.0.0.1:9", tls=pair, versions=["TLSv1.1"], ciphers="ALL:@SECLEVEL=0")
    with front:
        error = refusal(
            Puller({f"certs.d/{strict(front)}/site.crt": authority.certificate}), f"{strict(front)}/demo/tiny:v1"
        )
    assert error.code == "registry-untrusted"
    assert "no TLS with the registry" in error.message


def test_authority_that_is_none_is_told_with_its_host(tmp_path: Path, authority: Authority, image: Image) -> None:
    with serve(tmp_path / "registry", image, authority.issue("127.1")) as registry:
        error = refusal(Puller({f"certs.d/{strict(registry)}/site.crt": b"none"}), f"{strict(registry)}/demo/tiny:v1")
    assert (error.code, strict(registry) in error.message) == ("certificate-invalid", True)
