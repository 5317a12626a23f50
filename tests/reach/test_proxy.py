"""A network whose only way out is a proxy, for machines with and without a password for it."""

import base64
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.bootable import kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.forward import ForwardProxy
from tests.support.image import Image
from tests.support.pki import Authority
from tests.support.puller import Puller, login, strict
from tests.support.registry import Registry
from tests.support.relay import TlsRelay
from tests.support.rig import Rig
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.keep import keep
from wyrcan_tui.flows.told import boot_as_told
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter

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


@pytest.mark.parametrize(
    ("written", "login"),
    [
        ("anna:sesame", "anna:sesame"),
        ("an%40na:open%3Asesame%2F", "an@na:open:sesame/"),
        ("CORP\\anna:sesame", "CORP\\anna:sesame"),
        ("anna:\u20acsesame", "anna:\u20acsesame"),
        ("anna:%E2%82%ACsesame", "anna:\u20acsesame"),
    ],
)
def test_login_for_the_proxy_is_shown_to_it_however_it_is_written(image: Image, written: str, login: str) -> None:
    with FaultyRegistry() as proxy:
        root = "http://registry.test/v2/demo/tiny"
        proxy.answer(f"{root}/manifests/v1", Answer(body=image.manifest))
        for digest, blob in image.blobs.items():
            proxy.answer(f"{root}/blobs/{digest}", Answer(body=blob))
        puller = Puller(registries=["http://registry.test"], proxy=f"http://{written}@{proxy.host}")
        assert puller.pull("registry.test/demo/tiny:v1").kernel == kernel_file()
        shown = {request.headers["proxy-authorization"] for request in proxy.requests}
    assert shown == {f"Basic {base64.b64encode(login.encode()).decode()}"}


def test_place_for_tokens_without_a_path_is_asked_for_a_token_by_the_proxy_too() -> None:
    with FaultyRegistry() as proxy:
        path = "http://registry.test/v2/demo/tiny/manifests/v1"
        proxy.answer(path, Answer(401, {"WWW-Authenticate": 'Bearer realm="http://tokens.test?a=b",service="s"'}))
        refusal(Puller(registries=["http://registry.test"], proxy=proxy.url), "registry.test/demo/tiny:v1")
        assert [request.path for request in proxy.requests[:2]] == [
            path,
            "http://tokens.test/?a=b&service=s&scope=repository%3Ademo%2Ftiny%3Apull",
        ]


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
    assert (error.code, "connection refused" in error.message) == ("proxy-unreachable", True)


def test_proxy_that_comes_up_late_is_waited_for(
    tmp_path: Path, authority: Authority, closed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = ForwardProxy(tmp_path / "proxy")
    puller = trusting(closed, authority, proxy.url)
    # It starts while the first pause lasts.
    monkeypatch.setattr(Meter, "pause", lambda meter, seconds: proxy.start())
    try:
        with closed:
            assert puller.pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()
    finally:
        proxy.stop()
    assert len(puller.troubles) == 1
    assert "through the proxy" in puller.troubles[0]


def test_proxy_that_hangs_up_is_asked_again(image: Image) -> None:
    with FaultyRegistry() as proxy:
        # What is spoken through a proxy without TLS is asked for by its whole URL (RFC 9112, 3.2.2).
        root = "http://registry.test/v2/demo/tiny"
        proxy.answer(f"{root}/manifests/v1", Answer(mute=True), Answer(body=image.manifest))
        for digest, blob in image.blobs.items():
            proxy.answer(f"{root}/blobs/{digest}", Answer(mute=True), Answer(body=blob))
        puller = Puller(registries=["http://registry.test"], proxy=proxy.url)
        assert puller.pull("registry.test/demo/tiny:v1").kernel == kernel_file()


def test_proxy_that_always_hangs_up_is_told() -> None:
    with FaultyRegistry() as proxy:
        proxy.answer("http://registry.test/v2/demo/tiny/manifests/v1", Answer(mute=True))
        error = refusal(Puller(registries=["http://registry.test"], proxy=proxy.url), "registry.test/demo/tiny:v1")
        assert len(proxy.requests) > 1
    assert (error.code, bool(error.hint)) == ("proxy-unreachable", True)


@pytest.mark.parametrize(
    ("status", "code"),
    [(302, "proxy-failed"), (403, "proxy-failed"), (407, "proxy-failed")]
    + [(number, "proxy-unreachable") for number in (408, 429, 502, 503)],
)
def test_status_of_a_proxy_tells_whether_it_is_asked_again(status: int, code: str) -> None:
    with FaultyRegistry() as proxy:
        proxy.answer("registry.test:443", Answer(status))
        error = refusal(Puller(proxy=proxy.url), "registry.test/demo/tiny:v1")
        assert (error.code, len(proxy.requests) > 1) == (code, code == "proxy-unreachable")
    assert error.message.endswith(f": {status} {HTTPStatus(status).phrase}.")


def test_proxy_that_does_not_reach_the_registry_is_told(tmp_path: Path, authority: Authority, closed: Registry) -> None:
    with ForwardProxy(tmp_path / "proxy") as proxy:
        error = refusal(trusting(closed, authority, proxy.url), f"{strict(closed)}/demo/tiny:v1")
        assert len(proxy.requests) > 1
    assert (error.code, "500 Unable to connect" in error.message) == ("proxy-unreachable", True)


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


# TLS with the proxy itself


def behind_tls(relay: TlsRelay, authority: Authority) -> dict[str, bytes]:
    """The file that lets a machine trust a proxy that speaks TLS."""
    return {f"certs.d/{strict(relay)}/proxy.crt": authority.certificate}


def test_proxy_that_speaks_tls_is_trusted_by_the_site_s_own_authority(
    tmp_path: Path, authority: Authority, closed: Registry
) -> None:
    pair = authority.issue("127.1")
    with (
        closed,
        ForwardProxy(tmp_path / "proxy", users={"anna": "sesame"}) as proxy,
        TlsRelay(tmp_path / "relay", proxy.host, tls=pair) as relay,
    ):
        files = behind_tls(relay, authority) | {f"certs.d/{strict(closed)}/site.crt": authority.certificate}
        puller = Puller(files, proxy=f"https://anna:sesame@{strict(relay)}")
        assert puller.pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()
        assert set(proxy.requests) == {f"CONNECT {strict(closed)}"}


def test_proxy_that_speaks_tls_is_trusted_by_a_word_for_all(
    tmp_path: Path, authority: Authority, closed: Registry
) -> None:
    with (
        closed,
        ForwardProxy(tmp_path / "proxy") as proxy,
        TlsRelay(tmp_path / "relay", proxy.host, tls=authority.issue("127.1")) as relay,
    ):
        word = "".join(authority.certificate.decode().splitlines()[1:-1])
        puller = Puller(authorities=[word], proxy=f"https://{strict(relay)}")
        assert puller.pull(f"{strict(closed)}/demo/tiny:v1").kernel == kernel_file()
        assert proxy.requests


def test_registry_without_tls_is_reached_through_a_proxy_with_tls(
    tmp_path: Path, authority: Authority, image: Image
) -> None:
    with (
        Registry(tmp_path / "registry") as registry,
        ForwardProxy(tmp_path / "proxy") as proxy,
        TlsRelay(tmp_path / "relay", proxy.host, tls=authority.issue("127.1")) as relay,
    ):
        registry.push_image("demo/tiny", "v1", image)
        registries = [f"http://{strict(registry)}"]
        puller = Puller(behind_tls(relay, authority), registries=registries, proxy=f"https://{strict(relay)}")
        assert puller.pull(f"{strict(registry)}/demo/tiny:v1").kernel == kernel_file()
        assert proxy.requests[0] == f"GET http://{strict(registry)}/v2/demo/tiny/manifests/v1"


@pytest.mark.parametrize("plain", [False, True])
def test_proxy_whose_certificate_nobody_trusts_is_shown_nothing_and_named(
    tmp_path: Path, authority: Authority, closed: Registry, plain: bool
) -> None:
    with (
        closed,
        ForwardProxy(tmp_path / "proxy") as proxy,
        TlsRelay(tmp_path / "relay", proxy.host, tls=authority.issue("127.1")) as relay,
    ):
        files = {f"certs.d/{strict(closed)}/site.crt": authority.certificate}
        registries = [f"http://{strict(closed)}"] if plain else []
        puller = Puller(files, registries=registries, proxy=f"https://anna:sesame@{strict(relay)}")
        error = refusal(puller, f"{strict(closed)}/demo/tiny:v1")
        assert proxy.requests == []
    assert (error.code, "certificate of the proxy" in error.message) == ("proxy-failed", True)


def test_proxy_that_is_said_to_speak_tls_and_does_not_is_told(
    tmp_path: Path, authority: Authority, closed: Registry
) -> None:
    with closed, Registry(tmp_path / "plain") as plain:
        puller = trusting(closed, authority, f"https://{plain.host}")
        error = refusal(puller, f"{strict(closed)}/demo/tiny:v1")
    assert (error.code, "no TLS with the proxy" in error.message) == ("proxy-failed", True)


def test_proxy_that_does_not_answer_is_told(
    tmp_path: Path, authority: Authority, closed: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wyrcan_tui.registry.client.TIMEOUT", (0.5, 0.5))
    # It waits for the end of a line, which the beginning of TLS does not have.
    with closed, ForwardProxy(tmp_path / "proxy") as proxy:
        error = refusal(trusting(closed, authority, f"https://{proxy.host}"), f"{strict(closed)}/demo/tiny:v1")
    assert (error.code, "does not answer in time" in error.message) == ("proxy-unreachable", True)


# Keeping it


def test_machine_whose_choice_was_saved_behind_a_proxy_boots_behind_it_later(
    tmp_path: Path, authority: Authority, closed: Registry
) -> None:
    with closed, ForwardProxy(tmp_path / "proxy") as proxy:
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.proxy={proxy.url} wyr.no_proxy=intern.example")
        folder = rig.root / "etc/containers/certs.d" / strict(closed)
        folder.mkdir(parents=True)
        (folder / "site.crt").write_bytes(authority.certificate)
        reference = parse_reference(f"{strict(closed)}/demo/tiny:v1")
        keep(rig.adapters.variables, Choice(reference, proxy=Instructions(rig.adapters).read().proxy_to_keep))
        (rig.root / "proc/cmdline").write_text("wyr.timeout=0\n")
        boot_as_told(rig.adapters, pytest.fail)
        assert rig.kexec.booted.kernel == kernel_file()
        assert set(proxy.requests) == {f"CONNECT {strict(closed)}"}
