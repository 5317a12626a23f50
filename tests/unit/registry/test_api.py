"""A vendor's API: what is asked, how patiently, and that nothing it answers does any harm."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import ImpatientMeter, items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.reference import is_repository, is_tag
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.gitea import Gitea
from wyrcan_tui.registry.github import GitHub
from wyrcan_tui.registry.gitlab import GitLab
from wyrcan_tui.registry.harbor import Harbor
from wyrcan_tui.registry.hub import DockerHub
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.quay import Quay
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

Pages = Iterator[Page[Repository]] | Iterator[Page[Tag]]

LISTINGS: dict[str, tuple[str, Callable[[Transport, Api], Pages]]] = {
    "hub-search": ("/v2/search/repositories/", lambda there, api: DockerHub(there, api, Site(), Meter()).search("a")),
    "hub-tags": (
        "/v2/namespaces/a/repositories/b/tags",
        lambda there, api: DockerHub(there, api, Site(), Meter()).tags("a/b"),
    ),
    "quay-search": ("/api/v1/find/repositories", lambda there, api: Quay(there, api).search("a")),
    "quay-repositories": ("/api/v1/repository", lambda there, api: Quay(there, api).repositories()),
    "quay-tags": ("/api/v1/repository/a/b/tag/", lambda there, api: Quay(there, api).tags("a/b")),
    "harbor-repositories": ("/api/v2.0/repositories", lambda there, api: Harbor(there, api).repositories()),
    "harbor-artifacts": (
        "/api/v2.0/projects/a/repositories/b/artifacts",
        lambda there, api: Harbor(there, api).tags("a/b"),
    ),
    "gitlab-repositories": (
        "/api/v4/groups/a/registry/repositories",
        lambda there, api: GitLab(there, api).search("a"),
    ),
    "gitlab-projects": ("/api/v4/projects", lambda there, api: GitLab(there, api).search("a")),
    "gitea-packages": ("/api/v1/packages/octo", lambda there, api: Gitea(there, api).tags("octo/web-app")),
    "github-packages": ("/user/packages", lambda there, api: GitHub(there, api).repositories()),
    "github-versions": (
        "/orgs/a/packages/container/b/versions",
        lambda there, api: GitHub(there, api).tags("a/b"),
    ),
}
"""For each recorded answer where it is given, and what asks for it."""

JUNK: list[object] = [
    None,
    True,
    -1,
    1e400,
    10**30,
    "",
    "\x1b[2Jevil",
    "https://[",
    "0001-01-01T00:00:00+23:59",
    "2024-05-01",
    [],
    [[]],
    {},
    {"a": 1},
]

FAILURES = ("registry-error", "registry-missing", "repository-missing", "catalog-closed")
"""What a listing may say where an answer makes no sense, or names a next page that is not there."""


@pytest.fixture(params=LISTINGS)
def recording(request: pytest.FixtureRequest) -> str:
    """The name of a recorded answer."""
    name: str = request.param
    return name


def pages_of(recording: str, transport: Transport, api: Api) -> Pages:
    """The listing that the answer belongs to."""
    return LISTINGS[recording][1](transport, api)


def damaged(document: object) -> Iterator[object]:
    """The document with one thing in it replaced by junk, or left out, each in turn."""
    yield from JUNK
    if isinstance(document, dict):
        for key, value in document.items():
            rest = {other: kept for other, kept in document.items() if other != key}
            yield rest
            for junk in damaged(value):
                yield {**rest, key: junk}
    elif isinstance(document, list):
        for index, value in enumerate(document):
            for junk in damaged(value):
                yield [*document[:index], junk, *document[index + 1 :]]


def test_damaged_answer_is_read_as_far_as_it_can_be(
    recording: str, faulty: FaultyRegistry, transport: Transport, own_api: Api
) -> None:
    path, _ = LISTINGS[recording]
    for document in damaged(json.loads(recorded(recording))):
        faulty.answer(path, Answer(body=json.dumps(document).encode()))
        try:
            found = [item for page in pages_of(recording, transport, own_api) for item in page.items]
        except WyrcanError as error:
            assert error.code in FAILURES
            continue
        for item in found:
            assert is_tag(item.name) if isinstance(item, Tag) else is_repository(item.name)
            assert item.updated is None or item.updated.utcoffset() is not None
            if isinstance(item, Repository):
                assert item.description.isprintable()
            else:
                assert all(machine.isprintable() for machine in item.architectures)


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"", b"7", b'"a"'])
def test_answer_that_is_no_api_s_is_an_error(
    recording: str, faulty: FaultyRegistry, transport: Transport, own_api: Api, body: bytes
) -> None:
    faulty.answer(LISTINGS[recording][0], Answer(body=body))
    with pytest.raises(WyrcanError) as raised:
        list(pages_of(recording, transport, own_api))
    assert raised.value.code in FAILURES


def test_throttled_api_is_asked_again_after_the_time_that_it_names(
    recording: str, faulty: FaultyRegistry, transport: Transport, own_api: Api, meter: ImpatientMeter
) -> None:
    faulty.answer(LISTINGS[recording][0], Answer(429, {"Retry-After": "7"}), Answer(body=recorded(recording)))
    next(pages_of(recording, transport, own_api))
    assert [pause >= 7 for pause in meter.pauses] == [True]


def test_one_request_brings_the_first_page(
    recording: str, faulty: FaultyRegistry, transport: Transport, own_api: Api
) -> None:
    path, _ = LISTINGS[recording]
    faulty.answer(path, Answer(headers={"Link": f'<{path}?page=2>; rel="next"'}, body=recorded(recording)))
    pages = pages_of(recording, transport, own_api)
    assert not faulty.requests
    next(pages)
    assert len(faulty.asked(path)) == 1
    assert not any("/manifests/" in request.path for request in faulty.requests)


def test_list_that_goes_in_circles_ends(faulty: FaultyRegistry, api: Api) -> None:
    faulty.answer("/api", Answer(headers={"Link": '</api>; rel="next"'}, body=b'[{"a": "b"}]'))
    assert [entry.name("a") for entry in items(api.lists("/api"))] == ["b"]


@pytest.mark.parametrize(
    "url", ["https://elsewhere.internal/api?page=2", "//elsewhere.internal/api?page=2", "/.//api?page=2", "/api?page=2"]
)
def test_page_of_another_host_is_asked_for_at_this_one(faulty: FaultyRegistry, api: Api, url: str) -> None:
    link = {"Link": f'<{url}>; rel="next"'}
    faulty.answer("/api", Answer(headers=link, body=b"[]"), Answer(body=b"[]"))
    assert list(api.lists("/api")) == [Page([], more=True), Page([])]


def test_list_that_is_too_deep_is_an_error(faulty: FaultyRegistry, api: Api) -> None:
    faulty.answer("/api", Answer(body=b"[" * 100_000))
    # What other tests left behind must not be cleared away while there is no stack left to do it on.
    gc.collect()
    with pytest.raises(WyrcanError) as raised:
        list(api.lists("/api"))
    assert raised.value.code == "registry-error"


@pytest.mark.parametrize(
    "url", ["https://[", "https://a/v2///elsewhere.internal/api", "https://a//elsewhere.internal/"]
)
def test_page_that_cannot_be_is_not_asked_for_elsewhere(faulty: FaultyRegistry, api: Api, url: str) -> None:
    faulty.answer("/api", Answer(headers={"Link": f'<{url}>; rel="next"'}, body=b"[]"))
    with suppress(WyrcanError):
        list(api.lists("/api"))
    assert all(request.headers["host"] == faulty.host for request in faulty.requests)
    assert len(faulty.requests) == (1 if url.endswith("[") else 2)


BUSY = "registry-busy"
REFUSALS = json.loads(recorded("refusals"))


MEANINGS = {
    "github-limit": (BUSY, "API rate limit exceeded", 25),
    "github-second-limit": (BUSY, "You have exceeded a secondary rate limit", 60),
    "github-stranger": ("registry-denied", "Requires authentication", None),
    "hub-limit": (BUSY, "Rate limit exceeded", 20),
    "hub-limit-until-2025": (BUSY, "Rate limit exceeded", 30),
    "hub-pulls": (BUSY, "You have reached your pull rate limit", 0),
    "gitlab-limit": (BUSY, "This endpoint has been requested too many times", 30),
    "gitlab-limit-of-old": (BUSY, "", 0),
    "gitlab-stranger": ("registry-denied", "401 Unauthorized", None),
    "quay-stranger": ("registry-denied", "Requires authentication", None),
    "harbor-stranger": ("registry-denied", "unauthorized", None),
    "gitea-missing": ("registry-missing", "user redirect does not exist [name: octo]", None),
}
"""For each recorded refusal its code, its words, and the seconds that are waited at least; None where waiting does not
heal it.
"""


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal_is_understood_as_its_vendor_means_it_and_told_in_its_words(
    faulty: FaultyRegistry, api: Api, meter: ImpatientMeter, refusal: str
) -> None:
    said, (code, words, seconds) = REFUSALS[refusal], MEANINGS[refusal]
    faulty.answer("/api", Answer(said["status"], said["headers"], json.dumps(said["body"]).encode()))
    with pytest.raises(WyrcanError) as raised:
        api.get("/api")
    assert raised.value.code == code
    assert ("It says: " in raised.value.message, words in raised.value.message) == (bool(words), True)
    # What heals by waiting is tried five times, and never before the time that was named.
    assert len(meter.pauses) == (0 if seconds is None else 4)
    assert all(pause >= (seconds or 0) for pause in meter.pauses)
