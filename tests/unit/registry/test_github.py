"""GitHub's registry, for those with a token there and for those without."""

from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import ImpatientMeter, items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.github import GitHub
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

OWN = "/user/packages"
ORGANIZATION = "/orgs/octocat/packages"
USER = "/users/octocat/packages"
HELLO = Repository(
    "octocat/hello_docker", "This your first repo!", updated=datetime(2020, 5, 19, 22, 19, 11, tzinfo=UTC)
)
GOODBYE = Repository("octocat/goodbye_docker", updated=datetime(2020, 5, 20, 22, 19, 11, tzinfo=UTC))


@pytest.fixture
def stranger(transport: Transport, api: Api) -> GitHub:
    """GitHub's registry for somebody without a token."""
    return GitHub(transport, api)


@pytest.fixture
def member(transport: Transport, own_api: Api) -> GitHub:
    """GitHub's registry for somebody with a token."""
    return GitHub(transport, own_api)


def test_own_packages_are_listed_page_by_page(faulty: FaultyRegistry, member: GitHub) -> None:
    link = {"Link": f'<https://api.github.com{OWN}?package_type=container&per_page=100&page=2>; rel="next"'}
    faulty.answer(OWN, Answer(headers=link, body=recorded("github-packages")), Answer(body=b"[]"))
    pages = member.repositories()
    assert next(pages) == Page([HELLO, GOODBYE], more=True)
    assert list(pages) == [Page([])]
    asked = f"{OWN}?package_type=container&per_page=100"
    assert [request.path for request in faulty.requests] == [asked, f"{asked}&page=2"]
    assert {request.headers["authorization"] for request in faulty.requests} == {"Bearer secret"}


@pytest.mark.parametrize("path", [ORGANIZATION, USER])
def test_packages_of_an_organization_or_a_user_are_found(faulty: FaultyRegistry, member: GitHub, path: str) -> None:
    faulty.answer(path, Answer(body=recorded("github-packages")))
    assert items(member.search("Octocat/bye")) == [GOODBYE]


def test_nothing_is_listed_without_a_token(faulty: FaultyRegistry, meter: ImpatientMeter, api: Api) -> None:
    stranger = GitHub(Transport(RegistryAddress("ghcr.io"), Site(), meter), api)
    for path in (OWN, ORGANIZATION, USER):
        faulty.answer(path, Answer(401, body=b'{"message": "Requires authentication", "status": "401"}'))
    for pages in (stranger.repositories(), stranger.search("octocat")):
        with pytest.raises(WyrcanError) as raised:
            list(pages)
        assert raised.value.code == "catalog-closed"
        # There a login helps.
        assert raised.value.context["host"] == "ghcr.io"


def test_names_of_tags_are_listed_without_a_token(faulty: FaultyRegistry, stranger: GitHub) -> None:
    faulty.answer("/v2/octocat/hello_docker/tags/list", Answer(body=b'{"tags": ["latest"]}'))
    assert items(stranger.tags("octocat/hello_docker")) == [Tag("latest")]
    assert len(faulty.requests) == 1


@pytest.mark.parametrize("owners", ["orgs", "users"])
def test_tags_come_with_their_dates_with_a_token(faulty: FaultyRegistry, member: GitHub, owners: str) -> None:
    path = f"/{owners}/octocat/packages/container/web%2Fhello_docker/versions"
    faulty.answer(path, Answer(body=recorded("github-versions")))
    pushed = datetime(2020, 6, 5, 22, 3, 10, tzinfo=UTC)
    assert items(member.tags("octocat/web/hello_docker")) == [Tag("1.13.6", pushed), Tag("latest", pushed)]


def test_names_of_tags_are_listed_where_the_token_tells_nothing(faulty: FaultyRegistry, member: GitHub) -> None:
    faulty.answer("/v2/octocat/hello_docker/tags/list", Answer(body=b'{"tags": ["latest"]}'))
    assert items(member.tags("octocat/hello_docker")) == [Tag("latest")]
