"""A network whose only way out is a proxy, for machines with and without a password for it."""

from pathlib import Path

import pytest

from tests.support.bootable import kernel_file
from tests.support.forward import ForwardProxy
from tests.support.image import Image
from tests.support.pki import Authority
from tests.support.puller import Puller, login, strict
from tests.support.registry import Registry
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError

pytestmark = pytest.mark.usefixtures("impatient")


def refusal(puller: Puller, name: str) -> WyrcanError:
    """Why a pull fails; the proxy's password must not be in it."""
    with pytest.raises(WyrcanError) as raised:
        puller.pull(name)
    assert "sesame" not in f"{raised.value} {raised.value.context} {puller.troubles}"
    return raised.value


@pytest.fixture
def closed(tmp_path: Path, authority: Authority, image: Image) -> Registry:
    """A registry with TLS, which does not run yet."""
    with Registry(tmp_path / "registry") as plain:
        plain.push_image("demo/tiny", "v1", image)
    return Registry(tmp_path / "registry", tls=authority.issue("127.1"))


def trusting(registry: Registry, authority: Authority, proxy: str, no_proxy: str = "") -> Puller:
    """A machine that trusts the registry."""
    files = {f"certs.d/{strict(registry)}/site.crt": authority.certificate}
    return Puller(files, proxy=proxy, no_proxy=no_proxy)


def test_everything_goes_through_the_proxy(tmp_path: Path, authority: Authority, closed: Registry) -> None:
    with closed, ForwardProxy(tmp_path / "proxy") as proxy:
        assert trusting(closed, authority, proxy.url).pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()
        assert set(proxy.requests) == {f"CONNECT {strict(closed)}"}


def test_registry_without_tls_is_reached_through_the_proxy_too(tmp_path: Path, image: Image) -> None:
    with Registry(tmp_path / "registry") as registry, ForwardProxy(tmp_path / "proxy") as proxy:
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(registries=[f"http://{strict(registry)}"], proxy=proxy.host)
        assert puller.pull(f"{strict(registry)}/demo/tiny:v1").kernel == kernel_file()
        assert proxy.requests[0] == f"GET http://{strict(registry)}/v2/demo/tiny/manifests/v1"


def test_registry_that_is_an_exception_is_reached_directly(
    tmp_path: Path, authority: Authority, closed: Registry
) -> None:
    with closed, ForwardProxy(tmp_path / "proxy") as proxy:
        puller = trusting(closed, authority, proxy.url, "127.1")
        assert puller.pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()
        assert proxy.requests == []


def test_proxy_lets_in_who_has_the_password(tmp_path: Path, authority: Authority, closed: Registry) -> None:
    with closed, ForwardProxy(tmp_path / "proxy", users={"anna": "sesame"}) as proxy:
        puller = trusting(closed, authority, f"http://anna:sesame@{proxy.host}")
        assert puller.pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()


@pytest.mark.parametrize("wrong", ["", "anna:sesame2@", "otto:sesame@"])
def test_proxy_that_does_not_let_us_in_is_told(
    tmp_path: Path, authority: Authority, closed: Registry, wrong: str
) -> None:
    with closed, ForwardProxy(tmp_path / "proxy", users={"anna": "sesame"}) as proxy:
        error = refusal(trusting(closed, authority, f"http://{wrong}{proxy.host}"), f"{strict(closed)}/demo/tiny:v1")
        assert len(proxy.requests) == 1
    assert (error.code, bool(error.hint)) == ("proxy-failed", True)


def test_proxy_that_wants_a_password_is_told_without_tls_too(tmp_path: Path, image: Image) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        ForwardProxy(tmp_path / "proxy", users={"anna": "sesame"}) as proxy,
    ):
        registry.push_image("demo/tiny", "v1", image)
        puller = Puller(registries=[f"http://{strict(registry)}"], proxy=proxy.url)
        error = refusal(puller, f"{strict(registry)}/demo/tiny:v1")
        assert len(proxy.requests) == 1
    assert error.code == "proxy-failed"


def test_proxy_that_is_not_there_is_told(authority: Authority, closed: Registry) -> None:
    with closed:
        puller = trusting(closed, authority, f"http://anna:sesame@127.0.0.1:{free_port()}")
        error = refusal(puller, f"{strict(closed)}/demo/tiny:v1")
    assert (error.code, "connection refused" in error.message) == ("proxy-failed", True)


def test_password_of_a_registry_passes_the_proxy(tmp_path: Path, authority: Authority, image: Image) -> None:
    users = {"otto": "sesame"}
    with Registry(tmp_path / "registry", users=users) as plain:
        plain.push_image("demo/tiny", "v1", image)
    with (
        Registry(tmp_path / "registry", tls=authority.issue("127.1"), users=users) as registry,
        ForwardProxy(tmp_path / "proxy") as proxy,
    ):
        files = login(strict(registry), "otto", "sesame")
        files[f"certs.d/{strict(registry)}/site.crt"] = authority.certificate
        puller = Puller(files, proxy=proxy.url)
        assert puller.pull(f"{strict(registry)}/demo/tiny:v1").kernel == kernel_file()
