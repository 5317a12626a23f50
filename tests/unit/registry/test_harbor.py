"""Harbor: what it lists and finds, and what it tells of tags."""

from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.harbor import Harbor
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.transport import Transport

LIST = "/api/v2.0/repositories"
# Slashes below the project are encoded twice.
TAGS = "/api/v2.0/projects/library/repositories/os%252Fserver/artifacts"
FIRST, SECOND = (datetime(2024, 5, day, 8, tzinfo=UTC) for day in (1, 2))
SERVER = Repository("library/os/server", "A server", pulls=17, updated=SECOND)


@pytest.fixture
def harbor(transport: Transport, api: Api) -> Harbor:
    """A Harbor registry."""
    return Harbor(transport, api)


def test_repositories_are_listed_by_link(faulty: FaultyRegistry, harbor: Harbor) -> None:
    link = {"Link": f'<{LIST}?page=2&page_size=100>; rel="next"'}
    faulty.answer(LIST, Answer(headers=link, body=recorded("harbor-repositories")), Answer(body=b"[]"))
    pages = harbor.repositories()
    assert next(pages) == Page([SERVER], more=True)
    assert list(pages) == [Page([])]
    assert [request.path for request in faulty.requests] == [
        f"{LIST}?page=1&page_size=100",
        f"{LIST}?page=2&page_size=100",
    ]


def test_search_is_for_a_part_of_the_name(faulty: FaultyRegistry, harbor: Harbor) -> None:
    faulty.answer(LIST, Answer(body=recorded("harbor-repositories")))
    assert items(harbor.search("server")) == [SERVER]
    assert faulty.requests[0].path == f"{LIST}?q=name%3D~server&page=1&page_size=100"


def test_harbor_that_lists_nothing_says_so(faulty: FaultyRegistry, harbor: Harbor) -> None:
    faulty.answer(LIST, Answer(401))
    with pytest.raises(WyrcanError) as raised:
        list(harbor.repositories())
    assert raised.value.code == "catalog-closed"


def test_tags_come_with_date_size_and_architectures(faulty: FaultyRegistry, harbor: Harbor) -> None:
    faulty.answer(TAGS, Answer(body=recorded("harbor-artifacts")))
    both = ("amd64", "arm64")
    assert list(harbor.tags("library/os/server")) == [
        Page(
            [
                Tag("2", SECOND.replace(second=1), 3456, both),
                Tag("latest", SECOND, 3456, both),
                Tag("1", FIRST, 1234, ("amd64",)),
            ]
        )
    ]
    assert faulty.requests[0].path == f"{TAGS}?q=tags%3D%2A&sort=-push_time&page=1&page_size=100"


def test_names_of_tags_are_listed_where_the_api_is_closed(faulty: FaultyRegistry, harbor: Harbor) -> None:
    faulty.answer(TAGS, Answer(403))
    faulty.answer("/v2/library/os/server/tags/list", Answer(body=b'{"tags": ["1"]}'))
    assert items(harbor.tags("library/os/server")) == [Tag("1")]
