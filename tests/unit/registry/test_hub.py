"""Docker Hub: what it finds, what it tells of tags, and how many pulls are left."""

from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.unit.registry.conftest import ImpatientMeter, items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.hub import DockerHub, Quota
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

SEARCH = "/v2/search/repositories/"
TAGS = "/v2/namespaces/library/repositories/debian/tags"
NAMES = "/v2/library/debian/tags/list"


@pytest.fixture
def hub(transport: Transport, api: Api) -> DockerHub:
    """Docker Hub."""
    return DockerHub(transport, api, Site(), Meter())


def test_search_brings_official_images_first_and_pages_as_they_are_asked_for(
    faulty: FaultyRegistry, hub: DockerHub
) -> None:
    faulty.answer(SEARCH, Answer(body=recorded("hub-search")), Answer(body=b'{"next": "", "results": []}'))
    pages = hub.search("nginx & co")
    assert next(pages) == Page(
        [
            Repository("library/nginx", "Official build of Nginx.", True, 21318, 13114222271),
            Repository("grafana/grafana", "The open observability platform", False, 456, 987654321),
        ],
        more=True,
    )
    assert [request.path for request in faulty.requests] == [f"{SEARCH}?query=nginx+%26+co&page_size=100"]
    assert list(pages) == [Page([])]
    assert faulty.requests[-1].path == f"{SEARCH}?page=2&page_size=100&query=nginx"


def test_nothing_is_listed_unasked(hub: DockerHub) -> None:
    with pytest.raises(WyrcanError) as raised:
        hub.repositories()
    assert raised.value.code == "catalog-closed"


def test_tags_come_with_date_size_and_architectures_and_cost_no_manifest(
    faulty: FaultyRegistry, hub: DockerHub
) -> None:
    faulty.answer(TAGS, Answer(body=recorded("hub-tags")))
    pushed = datetime(2021, 1, 5, 21, 6, 53, 506400, UTC)
    assert list(hub.tags("library/debian")) == [Page([Tag("latest", pushed, 123456, ("amd64", "arm/v7"))])]
    assert [request.path for request in faulty.requests] == [f"{TAGS}?page_size=100"]


@pytest.mark.parametrize("status", [403, 404, 429, 503])
def test_names_of_tags_are_listed_where_the_api_is_in_trouble(
    faulty: FaultyRegistry, hub: DockerHub, status: int
) -> None:
    faulty.answer(TAGS, Answer(status))
    faulty.answer(NAMES, Answer(body=b'{"tags": ["13"]}'))
    assert list(hub.tags("library/debian")) == [Page([Tag("13")])]


def test_hub_that_breaks_off_is_an_error(faulty: FaultyRegistry, hub: DockerHub) -> None:
    faulty.answer(TAGS, Answer(body=recorded("hub-tags"), sent=3))
    with pytest.raises(WyrcanError) as raised:
        list(hub.tags("library/debian"))
    assert raised.value.code == "registry-unreachable"


def test_api_that_gives_no_more_after_the_first_page_is_an_error(faulty: FaultyRegistry, hub: DockerHub) -> None:
    faulty.answer(SEARCH, Answer(body=recorded("hub-search")), Answer(429))
    pages = hub.search("nginx")
    next(pages)
    with pytest.raises(WyrcanError) as raised:
        next(pages)
    assert raised.value.code == "registry-busy"


# How many pulls are left


def preview(faulty: FaultyRegistry, **limits: str) -> None:
    """Have the repository that Docker made for asking answer with these limits."""
    below = "/v2/ratelimitpreview/test"
    token = {"WWW-Authenticate": f'Bearer realm="{faulty.url}/token",service="registry.docker.io"'}
    faulty.answer(f"{below}/tags/list", Answer(401, token), Answer(body=b'{"tags": ["latest"]}'))
    faulty.answer("/token", Answer(body=b'{"token": "secret"}'))
    faulty.answer(f"{below}/manifests/latest", Answer(headers={f"ratelimit-{name}": limits[name] for name in limits}))


def test_quota_is_told_by_a_request_that_is_no_pull(faulty: FaultyRegistry, hub: DockerHub) -> None:
    preview(faulty, limit="100;w=21600", remaining="20;w=21600")
    assert hub.quota() == Quota(100, 20, 21600)
    (asked,) = faulty.asked("/v2/ratelimitpreview/test/manifests/latest")
    assert (asked.method, asked.headers["authorization"]) == ("HEAD", "Bearer secret")


@pytest.mark.parametrize(
    "limits", [{}, {"limit": "100"}, {"limit": "many", "remaining": "some"}, {"limit": "1" * 9999, "remaining": ""}]
)
def test_no_quota_is_told_where_there_is_no_limit(
    faulty: FaultyRegistry, hub: DockerHub, limits: dict[str, str]
) -> None:
    preview(faulty, **limits)
    assert hub.quota() is None


def test_quota_of_a_hub_that_hangs_up_is_an_error(faulty: FaultyRegistry, hub: DockerHub) -> None:
    preview(faulty, limit="1\r\nbroken header line\r\n" * 200)
    with pytest.raises(WyrcanError) as raised:
        hub.quota()
    assert raised.value.code == "registry-unreachable"


def test_throttled_search_waits_as_long_as_it_is_told(
    faulty: FaultyRegistry, hub: DockerHub, meter: ImpatientMeter
) -> None:
    faulty.answer(
        SEARCH, Answer(429, {"Retry-After": "7"}), Answer(body=b'{"results": [{"repo_name": "demo/os"}], "next": null}')
    )
    assert items(hub.search("os")) == [Repository("demo/os")]
    assert [pause >= 7 for pause in meter.pauses] == [True]
