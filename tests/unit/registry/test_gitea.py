"""Gitea and Forgejo: what an owner has, and what is told of tags."""

from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import items, recorded
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.gitea import Gitea
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.transport import Transport

PACKAGES = "/api/v1/packages/octo"
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
FOUND = [
    Repository("octo/web-app", updated=APRIL.replace(day=2)),
    Repository("octo/old-web-app", updated=APRIL.replace(month=3)),
]


@pytest.fixture
def gitea(transport: Transport, api: Api) -> Gitea:
    """A Gitea registry."""
    return Gitea(transport, api)


def test_owner_is_searched_and_each_repository_told_once(faulty: FaultyRegistry, gitea: Gitea) -> None:
    link = {"Link": f'<{PACKAGES}?page=2>; rel="next",<{PACKAGES}?page=2>; rel="last"'}
    body = recorded("gitea-packages")
    faulty.answer(PACKAGES, Answer(headers=link, body=body), Answer(body=body))
    pages = gitea.search("octo/web")
    assert next(pages) == Page(FOUND, more=True)
    assert list(pages) == [Page([])]
    assert faulty.requests[0].path == f"{PACKAGES}?type=container&q=web&page=1&limit=100"


@pytest.mark.parametrize("text", ["web", "octo/web"])
def test_catalog_is_searched_where_no_owner_is_known(faulty: FaultyRegistry, gitea: Gitea, text: str) -> None:
    faulty.answer("/v2/_catalog", Answer(body=b'{"repositories": ["octo/web-app", "octo/db"]}'))
    assert items(gitea.search(text)) == [Repository("octo/web-app")]


def test_tags_come_with_their_dates(faulty: FaultyRegistry, gitea: Gitea) -> None:
    faulty.answer(PACKAGES, Answer(body=recorded("gitea-packages")))
    assert items(gitea.tags("octo/web-app")) == [Tag("1.1", APRIL.replace(day=2)), Tag("1.0.0", APRIL)]


def test_names_of_tags_are_listed_where_the_api_is_closed(faulty: FaultyRegistry, gitea: Gitea) -> None:
    faulty.answer(PACKAGES, Answer(401))
    faulty.answer("/v2/octo/web-app/tags/list", Answer(body=b'{"tags": ["1.1"]}'))
    assert items(gitea.tags("octo/web-app")) == [Tag("1.1")]
