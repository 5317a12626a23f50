"""What a registry has: repositories and tags, page by page."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import File, Image, Layer
from tests.support.registry import Registry
from tests.unit.registry.conftest import ImpatientMeter
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import CancelledError
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.catalog import Catalog, Distribution, DockerHub, Tag, catalog
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site

IMAGE = Image([Layer([File("a")])])


@pytest.fixture
def there(faulty: FaultyRegistry, meter: ImpatientMeter) -> Catalog:
    """What the faulty registry has."""
    return catalog(RegistryAddress(faulty.host, plain=True), Site(), meter)


def answered(**fields: object) -> bytes:
    """The body of an answer with these fields."""
    return json.dumps(fields).encode()


def test_real_registry_lists_its_repositories_and_tags(registry: Registry, meter: ImpatientMeter) -> None:
    for repository in ("demo/a", "demo/b"):
        for tag in ("v1", "v2"):
            registry.push_image(repository, tag, IMAGE)
    found = catalog(RegistryAddress(f"127.0.0.1:{registry.port}"), Site(), meter)
    assert [name for page in found.repositories() for name in page.items] == ["demo/a", "demo/b"]
    assert [tag for page in found.tags("demo/a") for tag in page.items] == [Tag("v1"), Tag("v2")]
    with pytest.raises(WyrcanError) as raised:
        list(found.tags("demo/c"))
    assert raised.value.code == "repository-missing"
    assert "demo/c" in raised.value.message


def test_real_registry_with_more_than_a_page_is_listed_whole(
    registry: Registry, meter: ImpatientMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for number in range(3):
        registry.push_image(f"demo/r{number}", "v1", IMAGE)
    pages = list(catalog(RegistryAddress(f"127.0.0.1:{registry.port}"), Site(), meter).repositories())
    assert [(len(page.items), page.more) for page in pages] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    "link",
    [
        "/v2/demo/tags/list?n=100&last=b",
        "list?n=100&last=b",
        "http://registry.internal/v2/demo/tags/list?n=100&last=b",
    ],
)
def test_next_page_is_found_however_its_link_is_written(faulty: FaultyRegistry, there: Catalog, link: str) -> None:
    faulty.answer(
        "/v2/demo/tags/list",
        Answer(headers={"Link": f'<{link}>; rel="next"'}, body=answered(tags=["a", "b"])),
        Answer(body=answered(tags=["c"])),
    )
    assert list(there.tags("demo")) == [Page([Tag("a"), Tag("b")], more=True), Page([Tag("c")])]
    assert [request.path for request in faulty.requests] == [
        "/v2/demo/tags/list?n=100",
        "/v2/demo/tags/list?n=100&last=b",
    ]


def test_pages_come_only_as_they_are_asked_for(faulty: FaultyRegistry, there: Catalog) -> None:
    link = {"Link": '</v2/_catalog?last=a>; rel="next"'}
    faulty.answer("/v2/_catalog", Answer(headers=link, body=answered(repositories=["a"])))
    pages = there.repositories()
    assert next(pages) == Page(["a"], more=True)
    assert len(faulty.requests) == 1


def test_pages_that_go_in_circles_end(faulty: FaultyRegistry, there: Catalog) -> None:
    link = {"Link": '</v2/_catalog?n=100>; rel="next"'}
    faulty.answer("/v2/_catalog", Answer(headers=link, body=answered(repositories=["a"])))
    assert list(there.repositories()) == [Page(["a"])]


class EndlessTags(FaultyRegistry):
    """A registry whose every page of tags, also by Docker Hub's API, has another one behind it."""

    def page(self, number: int, *names: str) -> Answer:
        """The page with this number."""
        following = f"/v2/demo/tags/list?last={number}"
        body = {"tags": names, "results": [{"name": name} for name in names], "next": f"{self.url}{following}"}
        return Answer(headers={"Link": f'<{following}>; rel="next"'}, body=answered(**body))

    def answer_with(self, *names: str) -> None:
        """Give such pages, each with these names on it."""
        for path in ("/v2/demo/tags/list", "/v2/repositories/demo/tags"):
            self.answer(path, *(self.page(number, *names) for number in range(50)))


@pytest.fixture
def endless() -> Iterator[EndlessTags]:
    """A registry whose tags never end."""
    with EndlessTags() as registry:
        yield registry


@pytest.fixture(params=["distribution", "Docker Hub"])
def endless_catalog(request: pytest.FixtureRequest, endless: EndlessTags, meter: ImpatientMeter) -> Catalog:
    """What it has, by either protocol."""
    if request.param == "Docker Hub":
        return DockerHub(Site(), meter, endless.url)
    return Distribution(RegistryAddress(endless.host, plain=True), Site(), meter)


@pytest.mark.parametrize("names", [(), ("a",), tuple(map(str, range(150)))], ids=len)
def test_listing_without_an_end_is_refused(
    endless: EndlessTags, endless_catalog: Catalog, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_MOST", 1000)
    endless.answer_with(*names)
    with pytest.raises(WyrcanError) as raised:
        list(endless_catalog.tags("demo"))
    assert raised.value.code == "registry-endless"
    assert raised.value.hint
    assert len(endless.requests) <= 11


def test_wish_to_stop_ends_a_listing_between_two_pages(
    endless: EndlessTags, endless_catalog: Catalog, meter: ImpatientMeter
) -> None:
    endless.answer_with("a")
    pages = endless_catalog.tags("demo")
    next(pages)
    meter.cancel()
    with pytest.raises(CancelledError):
        next(pages)
    assert len(endless.requests) == 1


def test_name_that_fits_into_no_reference_is_left_out(faulty: FaultyRegistry, there: Catalog) -> None:
    faulty.answer("/v2/_catalog", Answer(body=answered(repositories=["a" * 255, "b" * 256])))
    assert list(there.repositories()) == [Page(["a" * 255])]


@pytest.mark.parametrize("tags", [None, "v1", 3])
def test_repository_without_tags_is_empty(faulty: FaultyRegistry, there: Catalog, tags: object) -> None:
    faulty.answer("/v2/demo/tags/list", Answer(body=answered(tags=tags)))
    assert list(there.tags("demo")) == [Page([])]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_registry_that_does_not_list_its_repositories_says_so(
    faulty: FaultyRegistry, there: Catalog, status: int
) -> None:
    faulty.answer("/v2/_catalog", Answer(status))
    with pytest.raises(WyrcanError) as raised:
        list(there.repositories())
    assert raised.value.code == "catalog-closed"
    assert f"{faulty.host}/REPOSITORY:TAG" in raised.value.hint


def test_answer_that_is_no_registry_s_is_an_error(faulty: FaultyRegistry, there: Catalog) -> None:
    faulty.answer("/v2/_catalog", Answer(body=b"<html>It works!</html>"))
    with pytest.raises(WyrcanError) as raised:
        list(there.repositories())
    assert raised.value.code == "registry-error"


# Docker Hub


def test_docker_hub_is_known_by_its_name(meter: ImpatientMeter) -> None:
    assert isinstance(catalog(RegistryAddress("docker.io"), Site(), meter), DockerHub)
    assert type(catalog(RegistryAddress("quay.io"), Site(), meter)) is Distribution


def test_docker_hub_lists_no_repositories(meter: ImpatientMeter) -> None:
    with pytest.raises(WyrcanError) as raised:
        DockerHub(Site(), meter).repositories()
    assert raised.value.code == "catalog-closed"


def test_docker_hub_tells_when_tags_were_pushed(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    path = "/v2/repositories/library/debian/tags"
    faulty.answer(
        path,
        Answer(
            body=answered(
                next=f"{faulty.url}{path}?page=2",
                results=[{"name": "13", "last_updated": "2025-08-09T10:11:12.345678Z"}, {"name": "12"}, "nonsense"],
            )
        ),
        Answer(body=answered(next=None, results=[{"name": "11", "last_updated": "yesterday"}])),
    )
    pages = list(DockerHub(Site(), meter, faulty.url).tags("library/debian"))
    assert pages == [
        Page([Tag("13", datetime(2025, 8, 9, 10, 11, 12, 345678, UTC)), Tag("12")], more=True),
        Page([Tag("11")]),
    ]
    assert "ordering=last_updated" in faulty.requests[0].path


def test_docker_hub_that_cannot_be_reached_is_an_error(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer("/v2/repositories/library/debian/tags", Answer(body=answered(results=[]), sent=3))
    with pytest.raises(WyrcanError) as raised:
        list(DockerHub(Site(), meter, faulty.url).tags("library/debian"))
    assert raised.value.code == "registry-unreachable"
