"""Requests to a registry: tokens, patience, and every failure in words a person can use."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.server import free_port
from tests.unit.registry.conftest import ImpatientMeter
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT
from wyrcan_tui.progress import CancelledError
from wyrcan_tui.registry.body import parse_json
from wyrcan_tui.registry.certificates import Certificates
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

PATH = "/v2/demo/tags/list"
SCOPE = "repository:demo:pull"


def fetched(transport: Transport) -> bytes:
    """What comes for the path of these tests."""
    _, body = transport.read("demo/tags/list", scope=SCOPE)
    return body


def refusal(transport: Transport) -> WyrcanError:
    """Why nothing comes."""
    with pytest.raises(WyrcanError) as raised:
        fetched(transport)
    return raised.value


def challenge(faulty: FaultyRegistry, realm: str = "") -> Answer:
    """The answer that asks for a token."""
    words = f'Bearer realm="{realm or faulty.url + "/token"}",service="s",scope="{SCOPE}"'
    return Answer(401, {"WWW-Authenticate": words})


# Tokens


@pytest.mark.parametrize("key", ["token", "access_token"])
def test_token_is_fetched_where_it_is_asked_for_and_used_again(
    faulty: FaultyRegistry, transport: Transport, key: str
) -> None:
    faulty.answer(PATH, challenge(faulty), Answer(body=b"1"), Answer(body=b"2"))
    faulty.answer("/token", Answer(body=json.dumps({key: "secret"}).encode()))
    assert [fetched(transport), fetched(transport)] == [b"1", b"2"]
    sent = [request.headers.get("authorization") for request in faulty.asked(PATH)]
    assert sent == [None, "Bearer secret", "Bearer secret"]
    (asked,) = faulty.asked("/token")
    assert "service=s" in asked.path
    assert "scope=repository%3Ademo%3Apull" in asked.path


def test_token_that_has_expired_is_fetched_anew(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, challenge(faulty), Answer(body=b"1"), challenge(faulty), Answer(body=b"2"))
    faulty.answer("/token", Answer(body=b'{"token": "old"}'), Answer(body=b'{"token": "new"}'))
    assert [fetched(transport), fetched(transport)] == [b"1", b"2"]
    assert faulty.asked(PATH)[-1].headers["authorization"] == "Bearer new"


def test_token_that_does_not_open_the_door_is_tried_once(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, challenge(faulty))
    faulty.answer("/token", Answer(body=b'{"token": "useless"}'))
    assert refusal(transport).code == "registry-denied"
    assert len(faulty.asked(PATH)) == 2


def test_password_that_is_asked_for_is_a_denial(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, Answer(401, {"WWW-Authenticate": 'Basic realm="Registry"'}))
    assert refusal(transport).code == "registry-denied"


def test_token_server_that_has_troubles_is_asked_again(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, challenge(faulty), challenge(faulty), Answer(body=b"1"))
    faulty.answer("/token", Answer(503), Answer(body=b'{"token": "secret"}'))
    assert fetched(transport) == b"1"


def test_token_server_that_refuses_is_a_denial(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, challenge(faulty))
    faulty.answer("/token", Answer(403, body=b'{"errors": [{"code": "DENIED", "message": "not you"}]}'))
    error = refusal(transport)
    assert (error.code, "not you" in error.message) == ("registry-denied", True)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token": 1}', b"<html>"])
def test_token_server_that_gives_no_token_is_an_error(
    faulty: FaultyRegistry, transport: Transport, body: bytes
) -> None:
    faulty.answer(PATH, challenge(faulty))
    faulty.answer("/token", Answer(body=body))
    error = refusal(transport)
    assert (error.code, bool(error.hint)) == ("registry-error", True)


@pytest.mark.parametrize("realm", ["file:///etc/passwd", "nonsense"])
def test_token_is_fetched_by_http_only(faulty: FaultyRegistry, transport: Transport, realm: str) -> None:
    faulty.answer(PATH, challenge(faulty, realm))
    error = refusal(transport)
    assert (error.code, bool(error.hint)) == ("registry-error", True)


def test_redirect_to_another_host_does_not_take_the_token_along(faulty: FaultyRegistry, transport: Transport) -> None:
    with FaultyRegistry() as storage:
        elsewhere = f"http://localhost:{storage.port}/blob"
        faulty.answer(PATH, challenge(faulty), Answer(307, {"Location": elsewhere}))
        faulty.answer("/token", Answer(body=b'{"token": "secret"}'))
        storage.answer("/blob", Answer(body=b"content"))
        assert fetched(transport) == b"content"
        (asked,) = storage.requests
    assert "authorization" not in asked.headers
    assert faulty.asked(PATH)[-1].headers["authorization"] == "Bearer secret"


# Patience


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_can_heal_is_tried_again(
    faulty: FaultyRegistry, transport: Transport, meter: ImpatientMeter, status: int
) -> None:
    faulty.answer(PATH, Answer(status), Answer(status), Answer(body=b"1"))
    assert fetched(transport) == b"1"
    first, second = meter.pauses
    assert 0.25 <= first <= 0.75
    assert 0.5 <= second <= 1.5


def test_registry_may_say_how_long_to_wait(faulty: FaultyRegistry, transport: Transport, meter: ImpatientMeter) -> None:
    faulty.answer(PATH, Answer(429, {"Retry-After": "17"}), Answer(503, {"Retry-After": "soon"}), Answer(body=b"1"))
    assert fetched(transport) == b"1"
    assert meter.pauses[0] == 17
    assert meter.pauses[1] < 2


@pytest.mark.parametrize("seconds", ["86400", "9" * 400])
def test_registry_that_wants_hours_is_not_waited_for(
    faulty: FaultyRegistry, transport: Transport, meter: ImpatientMeter, seconds: str
) -> None:
    faulty.answer(PATH, Answer(429, {"Retry-After": seconds}))
    assert refusal(transport).code == "registry-busy"
    assert meter.pauses == []


@pytest.mark.parametrize(("status", "code"), [(429, "registry-busy"), (503, "registry-error")])
def test_what_does_not_heal_is_an_error_after_five_tries(
    faulty: FaultyRegistry, transport: Transport, status: int, code: str
) -> None:
    faulty.answer(PATH, Answer(status))
    error = refusal(transport)
    assert (error.code, str(status) in error.message) == (code, True)
    assert len(faulty.asked(PATH)) == 5


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "registry-error"), (403, "registry-denied"), (404, "registry-missing"), (501, "registry-error")],
)
def test_what_cannot_heal_is_an_error_at_once(
    faulty: FaultyRegistry, transport: Transport, status: int, code: str
) -> None:
    faulty.answer(PATH, Answer(status))
    assert refusal(transport).code == code
    assert len(faulty.asked(PATH)) == 1


def test_nothing_is_asked_once_somebody_wishes_to_stop(
    faulty: FaultyRegistry, transport: Transport, meter: ImpatientMeter
) -> None:
    meter.cancel()
    with pytest.raises(CancelledError):
        fetched(transport)
    assert faulty.requests == []


def test_wish_to_stop_ends_the_patience(
    faulty: FaultyRegistry, transport: Transport, meter: ImpatientMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty.answer(PATH, Answer(503))
    with monkeypatch.context() as patch, pytest.raises(CancelledError):
        patch.setattr(meter, "pause", lambda seconds: meter.cancel())
        fetched(transport)
    assert len(faulty.requests) == 1


# Words


def test_registry_s_own_words_are_shown_and_cannot_play_with_the_terminal(
    faulty: FaultyRegistry, transport: Transport
) -> None:
    errors = [{"code": "X", "message": "quota \x1b[2Jused up."}, {"code": "LATER"}]
    faulty.answer(PATH, Answer(403, body=json.dumps({"errors": errors}).encode()))
    assert "It says: quota [2Jused up; LATER." in refusal(transport).message


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"errors": [1]}', b'{"errors": 1}'])
def test_registry_without_words_of_its_own_is_no_trouble(
    faulty: FaultyRegistry, transport: Transport, body: bytes
) -> None:
    faulty.answer(PATH, Answer(404, body=body))
    assert "It says" not in refusal(transport).message


def test_answer_without_an_end_is_refused(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, Answer(body=bytes(1 << 20), endless=True))
    error = refusal(transport)
    assert (error.code, "endless" in error.message) == ("registry-error", True)


def test_answer_as_large_as_allowed_is_taken(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, Answer(body=bytes(LARGEST_DOCUMENT)))
    assert len(fetched(transport)) == LARGEST_DOCUMENT


def test_answer_that_breaks_off_is_an_error(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, Answer(body=bytes(1000), sent=10))
    assert refusal(transport).code == "registry-unreachable"
    assert len(faulty.asked(PATH)) == 5


def test_answer_that_breaks_off_is_asked_for_again_and_that_is_told(faulty: FaultyRegistry) -> None:
    troubles: list[str] = []
    meter = ImpatientMeter(lambda progress: troubles.append(progress.trouble))
    faulty.answer(PATH, Answer(body=b"whole", sent=2), Answer(body=b"whole", sent=0), Answer(body=b"whole"))
    assert fetched(Transport(RegistryAddress(faulty.host, plain=True), Site(), meter)) == b"whole"
    assert len(troubles) == len(meter.pauses) == 2
    assert all("broke off" in trouble and "Trying again" in trouble for trouble in troubles)


def test_token_that_breaks_off_is_asked_for_again(faulty: FaultyRegistry, transport: Transport) -> None:
    faulty.answer(PATH, challenge(faulty), challenge(faulty), Answer(body=b"1"))
    token = b'{"token": "secret"}'
    faulty.answer("/token", Answer(body=token, sent=9), Answer(body=token))
    assert fetched(transport) == b"1"
    assert len(faulty.asked("/token")) == 2


def test_who_is_not_patient_asks_once(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer(PATH, Answer(body=b"whole", sent=2), Answer(body=b"whole"))
    hasty = Transport(RegistryAddress(faulty.host, plain=True), Site(), meter, patient=False)
    assert refusal(hasty).code == "registry-unreachable"
    assert len(faulty.asked(PATH)) == 1


def test_answer_that_trickles_is_an_error(
    faulty: FaultyRegistry, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wyrcan_tui.registry.body._WINDOW", 0.1)
    faulty.answer(PATH, Answer(body=bytes(1000), trickle=0.01))
    error = refusal(transport)
    assert (error.code, "trickled" in error.message) == ("registry-unreachable", True)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b"\xff", b"[" * 100_000])
def test_answer_that_is_no_json_object_is_an_error(data: bytes) -> None:
    with pytest.raises(WyrcanError) as raised:
        parse_json(data, RegistryAddress("quay.io"))
    assert raised.value.code == "registry-error"


def test_registry_that_is_not_there_is_an_error_with_the_system_s_words(meter: ImpatientMeter) -> None:
    error = refusal(Transport(RegistryAddress(f"127.0.0.1:{free_port()}", plain=True), Site(), meter))
    assert (error.code, "connection refused" in error.message) == ("registry-unreachable", True)
    assert len(meter.pauses) == 4


# TLS


def not_called_loopback(registry: FaultyRegistry) -> RegistryAddress:
    """Another way to write the same address, which is not known as loopback: only TLS is spoken there."""
    return RegistryAddress(f"127.1:{registry.port}")


def registry_with_certificate(folder: Path, start: str) -> FaultyRegistry:
    """A registry with a certificate of its own that is valid from `start` on (ASN.1 time)."""
    key, request, certificate = (folder / f"{name}.pem" for name in ("key", "request", "certificate"))
    (folder / "index").touch()
    config = folder / "ca.cnf"
    config.write_text(f"""
[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
""")
    subprocess.run(
        [
            *("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", "/CN=127.1", "-keyout", key, "-out", request),
        ],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [
            *("openssl", "ca", "-batch", "-config", config, "-selfsign", "-keyfile", key),
            *("-startdate", start, "-enddate", "20991231000000Z", "-in", request, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return FaultyRegistry(context)


@pytest.fixture
def with_tls(tmp_path: Path) -> Iterator[FaultyRegistry]:
    """A registry with a certificate that nobody trusts."""
    with registry_with_certificate(tmp_path, "20200101000000Z") as registry:
        yield registry


def test_loopback_is_tried_with_tls_and_then_plain(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer(PATH, Answer(body=b"1"))
    assert fetched(Transport(RegistryAddress(faulty.host), Site(), meter)) == b"1"
    assert fetched(Transport(RegistryAddress(f"localhost:{faulty.port}"), Site(), meter)) == b"1"


def test_any_other_registry_without_tls_is_refused_with_the_way_to_allow_it(
    faulty: FaultyRegistry, meter: ImpatientMeter
) -> None:
    error = refusal(Transport(not_called_loopback(faulty), Site(), meter))
    assert error.code == "registry-untrusted"
    assert "does not speak TLS" in error.message
    assert f"wyr.registry=http://127.1:{faulty.port}" in error.hint
    assert (faulty.requests, meter.pauses) == ([], [])


def test_loopback_with_a_certificate_that_nobody_trusts_is_not_tried_in_plain(
    with_tls: FaultyRegistry, meter: ImpatientMeter
) -> None:
    error = refusal(Transport(RegistryAddress(with_tls.host), Site(), meter))
    assert error.code == "registry-untrusted"
    assert "certificate" in error.message


def test_certificate_that_nobody_trusts_is_refused(with_tls: FaultyRegistry, meter: ImpatientMeter) -> None:
    error = refusal(Transport(not_called_loopback(with_tls), Site(), meter))
    assert error.code == "registry-untrusted"
    assert "certificate" in error.message
    assert "clock" in error.hint
    assert with_tls.requests == []


def test_certificate_that_seems_to_lie_ahead_is_told_with_the_clock(tmp_path: Path, meter: ImpatientMeter) -> None:
    with registry_with_certificate(tmp_path, "20900101000000Z") as registry:
        site = Site(certificates=Certificates(((tmp_path / "certificate.pem").read_bytes(),)))
        error = refusal(Transport(RegistryAddress(registry.host), site, meter))
    assert error.code == "registry-not-yet-valid"
    assert "clock says 20" in error.message
    assert error.context["host"] == registry.host
    assert meter.pauses == []
