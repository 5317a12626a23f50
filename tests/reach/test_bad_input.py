"""Registries that answer wrongly, by mistake or by intent: always an error in words, soon, with no secret in it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.bootable import bootable_image, kernel_file
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.puller import Puller, login
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry import body

IMAGE = bootable_image()
MANIFEST = "/v2/demo/tiny/manifests/v1"
BLOB = f"/v2/demo/tiny/blobs/{IMAGE.layers[0].digest}"
SIZE = len(IMAGE.layers[0].blob)
MOST_REQUESTS = 40
"""How many a boot sends at most for one thing: as many as redirects are followed, and some."""
pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def faulty() -> Iterator[FaultyRegistry]:
    """A registry that has the image, and asks for a password first."""
    with FaultyRegistry() as registry:
        give(registry, MANIFEST, Answer(body=IMAGE.manifest))
        for name, blob in IMAGE.blobs.items():
            registry.answer(f"/v2/demo/tiny/blobs/{name}", Answer(body=blob))
        yield registry


def give(registry: FaultyRegistry, path: str, *answers: Answer) -> None:
    """Give these answers to who has shown the password."""
    registry.answer(path, Answer(401, {"WWW-Authenticate": 'Basic realm="x"'}), *answers)


def refusal(registry: FaultyRegistry) -> WyrcanError:
    """Why the pull fails, which must be said soon and without a secret."""
    files = login(registry.host, "anna", "open-sesame")
    puller = Puller(files, registries=[registry.url])
    with pytest.raises(WyrcanError) as raised:
        puller.pull(f"{registry.host}/demo/tiny:v1")
    error = raised.value
    told = f"{error} {error.context} {puller.troubles}"
    for secret in ("sesame", json.loads(files["auth.json"])["auths"][registry.host]["auth"]):
        assert secret not in told
    assert len(registry.requests) <= MOST_REQUESTS
    assert error.hint
    return error


def leading_to(place: str) -> Answer:
    """A redirect."""
    return Answer(307, {"Location": place})


def test_registry_of_these_tests_is_a_good_one_otherwise(faulty: FaultyRegistry) -> None:
    puller = Puller(login(faulty.host, "anna", "open-sesame"), registries=[faulty.url])
    assert puller.pull(f"{faulty.host}/demo/tiny:v1").kernel == kernel_file()


# Statuses

STATUSES = {
    400: "registry-error",
    401: "registry-login-refused",
    403: "registry-denied",
    404: "repository-missing",
    407: "proxy-failed",
    429: "registry-busy",
    **dict.fromkeys([402, 405, 406, 408, 409, 410, 412, 413, 414, 415, 416, 418], "registry-error"),
    **dict.fromkeys([421, 422, 423, 425, 426, 428, 431, 451, 499], "registry-error"),
    **dict.fromkeys([500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 530, 599], "registry-error"),
}


@pytest.mark.parametrize(("status", "code"), sorted(STATUSES.items()))
def test_error_status_is_told(faulty: FaultyRegistry, status: int, code: str) -> None:
    give(faulty, MANIFEST, Answer(status, body=b"<html>"))
    assert refusal(faulty).code == code


@pytest.mark.parametrize("status", [403, 404, 503])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"\xff\x00"),
        Answer(body=b"[" * 100_000),
        Answer(body=b'{"errors": [{"code": {}, "message": []}, null]}'),
        Answer(body=b"x" * (1 << 20), endless=True),
        Answer(body=b"x" * 1000, sent=10),
        Answer(body=b'{"errors": [{"message": "open-sesame is wrong"}]}'),
    ],
)
def test_status_counts_whatever_stands_below_it(faulty: FaultyRegistry, status: int, answer: Answer) -> None:
    give(faulty, MANIFEST, replace(answer, status=status))
    assert refusal(faulty).code == STATUSES[status]


# Manifests


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b""),
        Answer(body=b"<html>", headers={"Content-Type": "text/html"}),
        Answer(body=b"[]"),
        Answer(body=b"{}"),
        Answer(body=b"null"),
        Answer(body=b"\xff\xfe"),
        Answer(body=b"[" * 100_000),
        Answer(body=b'{"a":' * 100_000),
        Answer(body=b'{"schemaVersion": 2, "layers": 1}'),
        Answer(body=b'{"schemaVersion": ' + b"9" * 5000 + b"}"),
        Answer(body=IMAGE.manifest, length="100"),
        Answer(204, body=b""),
        Answer(304, body=b""),
        Answer(300, body=b""),
    ],
)
def test_manifest_that_is_none_is_told(faulty: FaultyRegistry, answer: Answer) -> None:
    give(faulty, MANIFEST, answer)
    assert refusal(faulty).code in ("manifest-invalid", "config-invalid")


def test_manifest_of_another_type_is_read_by_what_is_in_it(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, Answer(body=IMAGE.manifest, headers={"Content-Type": "text/html"}))
    puller = Puller(login(faulty.host, "anna", "open-sesame"), registries=[faulty.url])
    assert puller.pull(f"{faulty.host}/demo/tiny:v1").kernel == kernel_file()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=IMAGE.manifest, length="100000"),
        Answer(body=IMAGE.manifest, sent=10),
        Answer(body=IMAGE.manifest, headers={"Content-Length": "1"}),
        Answer(headers={f"X-{number}": "x" for number in range(200)}),
        Answer(headers={"X": "x" * 100_000}),
    ],
)
def test_answer_that_is_no_http_is_told(faulty: FaultyRegistry, answer: Answer) -> None:
    give(faulty, MANIFEST, answer)
    assert refusal(faulty).code == "registry-unreachable"


def test_manifest_without_an_end_is_told(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, Answer(body=b" " * (1 << 20), endless=True))
    assert refusal(faulty).code == "registry-error"


def test_manifest_that_trickles_is_told(faulty: FaultyRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "_WINDOW", 0.1)
    give(faulty, MANIFEST, Answer(body=IMAGE.manifest, trickle=0.01))
    assert refusal(faulty).code == "registry-unreachable"


# Redirects


@pytest.mark.parametrize(
    "place",
    [
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "\xff",
        # As a header has them, in bytes: a name in UTF-8
        "http://b\xc3\xbccher.invalid/",
        MANIFEST,
    ],
)
def test_redirect_to_where_nobody_can_go_is_told(faulty: FaultyRegistry, place: str) -> None:
    give(faulty, MANIFEST, leading_to(place))
    assert refusal(faulty).code == "registry-error"


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "*", "name.invalid"])
def test_redirect_to_a_name_that_nobody_has_is_told_with_it(faulty: FaultyRegistry, host: str) -> None:
    give(faulty, MANIFEST, leading_to(f"http://anna:open-sesame@{host}/x?signature=sesame"))
    error = refusal(faulty)
    assert (error.code, host in error.message) == ("registry-unreachable", True)


def test_redirect_in_circles_over_two_places_is_told(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, leading_to("/a"))
    faulty.answer("/a", leading_to("/b"))
    faulty.answer("/b", leading_to("/a"))
    assert refusal(faulty).code == "registry-error"


def test_redirect_to_nowhere_is_not_followed(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, Answer(303, {"Location": ""}))
    assert refusal(faulty).code == "manifest-invalid"
    assert len(faulty.asked(MANIFEST)) == 2


def test_redirect_with_a_body_without_an_end_is_followed(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, Answer(307, {"Location": "/a"}, b"x" * (1 << 20), endless=True))
    faulty.answer("/a", Answer(403))
    assert refusal(faulty).code == "registry-denied"


def test_signature_in_a_redirect_is_not_told(faulty: FaultyRegistry) -> None:
    give(faulty, MANIFEST, leading_to("/a?signature=sesame"))
    faulty.answer("/a", Answer(403))
    error = refusal(faulty)
    assert (error.code, error.context["url"]) == ("registry-denied", f"{faulty.url}/a")


def test_password_is_not_sent_to_whom_a_redirect_led_us(faulty: FaultyRegistry) -> None:
    with FaultyRegistry() as other:
        for scheme in ("Basic", "Bearer"):
            words = f'{scheme} realm="{other.url}/token"'
            other.answer("/x", Answer(401, {"WWW-Authenticate": words}))
            faulty.answer(MANIFEST, leading_to(f"{other.url}/x"))
            assert refusal(faulty).code == "registry-denied"
        assert {request.path for request in other.requests} == {"/x"}
        assert not any("authorization" in request.headers for request in (*other.requests, *faulty.requests))


# Tokens


def wanting_a_token(faulty: FaultyRegistry, realm: str) -> None:
    """Have the registry ask for a token."""
    faulty.answer(MANIFEST, Answer(401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="s"'}))


@pytest.mark.parametrize(
    "realm",
    [
        "",
        "/token",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http:////[",
        "http://127.0.0.1:99999/",
        "\xff",
    ],
)
def test_place_for_tokens_that_is_none_is_told(faulty: FaultyRegistry, realm: str) -> None:
    wanting_a_token(faulty, realm)
    assert refusal(faulty).code == "registry-error"


@pytest.mark.parametrize("header", ["", "Bearer", "Negotiate", "Bearer " + "a" * 60_000, 'Bearer realm="', "\xff", ","])
def test_question_that_nobody_understands_is_told(faulty: FaultyRegistry, header: str) -> None:
    faulty.answer(MANIFEST, Answer(401, {"WWW-Authenticate": header}))
    assert refusal(faulty).code in ("registry-denied", "registry-error")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html>"),
        Answer(body=b"[" * 100_000),
        Answer(body=b"{}"),
        Answer(body=b'{"token": ""}'),
        Answer(body=b'{"token": ["x"]}'),
        Answer(body=b'{"token": "x\\r\\nHost: x"}'),
        Answer(body='{"token": "\u20ac"}'.encode()),
        Answer(body=b" " * (1 << 20), endless=True),
        leading_to("/token"),
        leading_to("file:///etc/passwd"),
    ],
)
def test_token_that_is_none_is_told(faulty: FaultyRegistry, answer: Answer) -> None:
    wanting_a_token(faulty, f"{faulty.url}/token")
    faulty.answer("/token", answer)
    assert refusal(faulty).code == "registry-error"


@pytest.mark.parametrize("lifetime", ["1e999", "NaN", "-1", "9" * 400, "true", '"long"', "null"])
def test_token_may_be_good_for_any_time(faulty: FaultyRegistry, lifetime: str) -> None:
    wanting_a_token(faulty, f"{faulty.url}/token")
    faulty.answer("/token", Answer(body=f'{{"token": "x", "expires_in": {lifetime}}}'.encode()))
    assert refusal(faulty).code == "registry-denied"
    assert faulty.requests[-1].headers["authorization"] == "Bearer x"


def test_identity_token_does_not_follow_a_redirect(faulty: FaultyRegistry) -> None:
    wanting_a_token(faulty, f"{faulty.url}/token")
    faulty.answer("/token", leading_to("/elsewhere"))
    entry = {"auths": {faulty.host: {"identitytoken": "sesame"}}}
    puller = Puller({"auth.json": json.dumps(entry).encode()}, registries=[faulty.url])
    with pytest.raises(WyrcanError) as raised:
        puller.pull(f"{faulty.host}/demo/tiny:v1")
    assert raised.value.code == "registry-error"
    assert [request.path for request in faulty.requests] == [MANIFEST, "/token"]


# Blobs


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(404), "blob-missing"),
        (Answer(403), "registry-denied"),
        (Answer(416), "registry-error"),
        (Answer(304, body=b""), "registry-unreachable"),
        (Answer(body=b""), "registry-unreachable"),
        (Answer(body=IMAGE.layers[0].blob, length="100"), "blob-size-mismatch"),
        (Answer(body=IMAGE.layers[0].blob + b"x"), "blob-size-mismatch"),
        (Answer(206, body=IMAGE.layers[0].blob[:-1]), "blob-size-mismatch"),
        (
            Answer(206, {"Content-Range": f"bytes {SIZE - 1}-{SIZE - 1}/{SIZE}"}, IMAGE.layers[0].blob[:-1]),
            "blob-size-mismatch",
        ),
        (leading_to(BLOB), "registry-error"),
        (leading_to("ftp://127.0.0.1/"), "registry-error"),
    ],
)
def test_blob_that_is_none_is_told(faulty: FaultyRegistry, answer: Answer, code: str) -> None:
    faulty.answer(BLOB, answer)
    assert refusal(faulty).code == code


@pytest.mark.parametrize("length", ["100000000", "-1", "many"])
def test_blob_that_is_complete_is_taken_whatever_its_length_was_said_to_be(faulty: FaultyRegistry, length: str) -> None:
    faulty.answer(BLOB, Answer(body=IMAGE.layers[0].blob, length=length))
    puller = Puller(login(faulty.host, "anna", "open-sesame"), registries=[faulty.url])
    assert puller.pull(f"{faulty.host}/demo/tiny:v1").kernel == kernel_file()


# Tags


@pytest.mark.parametrize("link", ["<http://[>; rel=next", "<>; rel=next", ";;;", "<file:///x>; rel=next", "\xff"])
def test_list_of_tags_may_lead_anywhere(faulty: FaultyRegistry, link: str) -> None:
    give(faulty, MANIFEST, Answer(404))
    faulty.answer("/v2/demo/tiny/tags/list", Answer(headers={"Link": link}, body=b'{"tags": ["v2"]}'))
    error = refusal(faulty)
    assert (error.code, "v2" in error.hint) == ("tag-missing", True)
