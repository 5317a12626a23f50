"""Quay: what it finds and lists, and what it tells of tags."""

from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.quay import Quay
from wyrcan_tui.registry.transport import Transport

SEARCH = "/api/v1/find/repositories"
LIST = "/api/v1/repository"
TAGS = "/api/v1/repository/fedora/fedora-bootc/tag/"
CHANGED = datetime(2026, 3, 20, 22, 57, 46, tzinfo=UTC)


@pytest.fixture
def quay(transport: Transport, api: Api) -> Quay:
    """A Quay registry."""
    return Quay(transport, api)


def test_search_finds_repositories_page_by_page(faulty: FaultyRegistry, quay: Quay) -> None:
    faulty.answer(SEARCH, Answer(body=recorded("quay-search")), Answer(body=b'{"results": [], "page": 2}'))
    pages = quay.search("bootc")
    found = Repository("fedora/fedora-bootc", "Fedora bootable container", stars=12, updated=CHANGED)
    assert next(pages) == Page([found], more=True)
    assert len(faulty.requests) == 1
    assert list(pages) == [Page([])]
    assert [request.path for request in faulty.requests] == [
        f"{SEARCH}?query=bootc&page=1",
        f"{SEARCH}?query=bootc&page=2",
    ]


def test_search_ends_where_the_last_page_is_given_again(faulty: FaultyRegistry, quay: Quay) -> None:
    faulty.answer(SEARCH, Answer(body=recorded("quay-search")))
    assert [page.more for page in quay.search("bootc")] == [True, False]


def test_public_repositories_are_listed_by_tokens_of_pages(faulty: FaultyRegistry, quay: Quay) -> None:
    faulty.answer(LIST, Answer(body=recorded("quay-repositories")), Answer(body=b'{"repositories": []}'))
    pages = quay.repositories()
    assert next(pages) == Page([Repository("fedora/fedora-bootc", updated=CHANGED)], more=True)
    assert list(pages) == [Page([])]
    asked = f"{LIST}?public=true&last_modified=true"
    assert [request.path for request in faulty.requests] == [asked, f"{asked}&next_page=gAAAAAB%2B%2Fx%3D%3D"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_quay_that_lists_nothing_says_so(faulty: FaultyRegistry, quay: Quay, status: int) -> None:
    faulty.answer(LIST, Answer(status))
    with pytest.raises(WyrcanError) as raised:
        list(quay.repositories())
    assert raised.value.code == "catalog-closed"


def test_tags_come_with_date_and_size(faulty: FaultyRegistry, quay: Quay) -> None:
    faulty.answer(TAGS, Answer(body=recorded("quay-tags")), Answer(body=b'{"tags": [], "page": 2}'))
    assert items(quay.tags("fedora/fedora-bootc")) == [
        Tag("43", CHANGED),
        Tag("43-x86_64", datetime(2024, 4, 16, 17, 23, 29, tzinfo=UTC), 740123456),
    ]
    assert [request.path for request in faulty.requests] == [
        f"{TAGS}?onlyActiveTags=true&limit=100&page={number}" for number in (1, 2)
    ]


def test_names_of_tags_are_listed_where_the_api_wants_another_login(faulty: FaultyRegistry, quay: Quay) -> None:
    # What its API says to a robot's password, which is good enough for the registry.
    faulty.answer(TAGS, Answer(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}))
    faulty.answer("/v2/fedora/fedora-bootc/tags/list", Answer(body=b'{"tags": ["43"]}'))
    assert items(quay.tags("fedora/fedora-bootc")) == [Tag("43")]
