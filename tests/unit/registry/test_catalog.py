"""What a registry has: repositories and tags, page by page."""

import json
from collections.abc import Iterator

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.image import File, Image, Layer
from tests.support.registry import Registry
from tests.support.server import free_port
from tests.unit.registry.conftest import ImpatientMeter, items, recorded
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.registry import listing
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.catalog import Catalog, catalog
from wyrcan_tui.registry.credentials import Credential, Credentials
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.github import GitHub
from wyrcan_tui.registry.gitlab import GitLab
from wyrcan_tui.registry.hub import DockerHub
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.quay import Quay
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

IMAGE = Image([Layer([File("a")])])


@pytest.fixture
def there(transport: Transport) -> Catalog:
    """What the faulty registry has, by the protocol alone."""
    return Distribution(transport)


def answered(**fields: object) -> bytes:
    """The body of an answer with these fields."""
    return json.dumps(fields).encode()


def test_real_registry_lists_its_repositories_and_tags(registry: Registry, meter: ImpatientMeter) -> None:
    for repository in ("demo/a", "demo/b"):
        for tag in ("v1", "v2"):
            registry.push_image(repository, tag, IMAGE)
    found = catalog(RegistryAddress(f"127.0.0.1:{registry.port}"), Site(), meter)
    assert items(found.repositories()) == [Repository("demo/a"), Repository("demo/b")]
    assert items(found.search("O/B")) == [Repository("demo/b")]
    assert items(found.tags("demo/a")) == [Tag("v1"), Tag("v2")]
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
    ("header", "more"),
    [
        ("<{next}>; rel=next", True),
        ('<{next}>;REL="next"', True),
        ('<{next}>; title="more, and more"; rel="last next"', True),
        ('</else>; rel="prev", <{next}>; rel="next"', True),
        ('</else>; title="<>"; rel="first", <{next}> ; rel = next', True),
        ("<{next}>; rel='next'", True),
        ('<{next}>; title="a<b, \\"; rel=prev"; rel="next"', True),
        ('<{next}>; rel="prev"; rel="next"', False),
        ('<{next}>; rel="prev"', False),
        ('<{next}>; rel="next-archive"', False),
        ("<{next}>; title=next", False),
        ("<{next}>", False),
        ("{next}; rel=next", False),
    ],
)
def test_next_page_is_what_a_link_says_of_itself(
    faulty: FaultyRegistry, there: Catalog, header: str, more: bool
) -> None:
    link = header.format(next="/v2/demo/tags/list?last=a")
    faulty.answer("/v2/demo/tags/list", Answer(headers={"Link": link}, body=answered(tags=["a"])), Answer(body=b"{}"))
    first = next(there.tags("demo"))
    assert (first.items, first.more) == ([Tag("a")], more)


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
    assert next(pages) == Page([Repository("a")], more=True)
    assert len(faulty.requests) == 1


def test_pages_that_go_in_circles_end(faulty: FaultyRegistry, there: Catalog) -> None:
    link = {"Link": '</v2/_catalog?n=100>; rel="next"'}
    faulty.answer("/v2/_catalog", Answer(headers=link, body=answered(repositories=["a"])))
    assert list(there.repositories()) == [Page([Repository("a")])]


class EndlessTags(FaultyRegistry):
    """A registry whose every page of tags, also by Docker Hub's API, has another one behind it."""

    def page(self, path: str, number: int, *names: str) -> Answer:
        """The page with this number."""
        following = f"{path}?last={number}"
        body = {"tags": names, "results": [{"name": name} for name in names], "next": f"https://hub{following}"}
        return Answer(headers={"Link": f'<{following}>; rel="next"'}, body=answered(**body))

    def answer_with(self, *names: str) -> None:
        """Give such pages, each with these names on it."""
        for path in ("/v2/demo/os/tags/list", "/v2/namespaces/demo/repositories/os/tags"):
            self.answer(path, *(self.page(path, number, *names) for number in range(50)))


@pytest.fixture
def endless() -> Iterator[EndlessTags]:
    """A registry whose tags never end."""
    with EndlessTags() as registry:
        yield registry


@pytest.fixture(params=["distribution", "Docker Hub"])
def endless_catalog(request: pytest.FixtureRequest, endless: EndlessTags, meter: ImpatientMeter) -> Catalog:
    """What it has, by either protocol."""
    transport = Transport(RegistryAddress(endless.host, plain=True), Site(), meter)
    if request.param == "Docker Hub":
        return DockerHub(transport, Api(transport), Site(), Meter())
    return Distribution(transport)


@pytest.mark.parametrize("names", [(), ("a",), tuple(map(str, range(150)))], ids=len)
def test_listing_without_an_end_is_refused(
    endless: EndlessTags, endless_catalog: Catalog, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_MOST", 1000)
    endless.answer_with(*names)
    with pytest.raises(WyrcanError) as raised:
        list(endless_catalog.tags("demo/os"))
    assert raised.value.code == "registry-endless"
    assert raised.value.hint
    assert len(endless.requests) <= 11


def test_wish_to_stop_ends_a_listing_between_two_pages(
    endless: EndlessTags, endless_catalog: Catalog, meter: ImpatientMeter
) -> None:
    endless.answer_with("a")
    pages = endless_catalog.tags("demo/os")
    next(pages)
    meter.cancel()
    with pytest.raises(CancelledError):
        next(pages)
    assert len(endless.requests) == 1


def test_name_that_fits_into_no_reference_is_left_out(faulty: FaultyRegistry, there: Catalog) -> None:
    names: list[object] = ["a" * 255, "b" * 256, "Capital", "a:b", "\x1b[2J", "", None, 7, {}]
    faulty.answer("/v2/_catalog", Answer(body=answered(repositories=names)))
    faulty.answer("/v2/demo/tags/list", Answer(body=answered(tags=["V1", "c" * 129, "a:b", "\x1b[2J", "", None])))
    assert list(there.repositories()) == [Page([Repository("a" * 255)])]
    assert list(there.tags("demo")) == [Page([Tag("V1")])]


def test_catalog_is_searched_page_by_page(faulty: FaultyRegistry, there: Catalog) -> None:
    link = {"Link": '</v2/_catalog?last=b>; rel="next"'}
    faulty.answer(
        "/v2/_catalog",
        Answer(headers=link, body=answered(repositories=["a/os", "b/db"])),
        Answer(body=answered(repositories=["c/os"])),
    )
    pages = there.search("OS")
    assert next(pages) == Page([Repository("a/os")], more=True)
    assert len(faulty.requests) == 1
    assert next(pages) == Page([Repository("c/os")])


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


# Which kind a registry is of


@pytest.mark.parametrize(
    ("host", "kind"),
    [("docker.io", DockerHub), ("quay.io", Quay), ("ghcr.io", GitHub), ("registry.gitlab.com", GitLab)],
)
def test_public_registry_is_known_by_its_name(host: str, kind: type, meter: ImpatientMeter) -> None:
    assert isinstance(catalog(RegistryAddress(host), Site(), meter), kind)


def challenge(realm: str, service: str) -> Answer:
    """The answer of a registry whose tokens come from there."""
    return Answer(401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="{service}"'})


PASSWORD = "Basic JG9hdXRodG9rZW46c2VjcmV0"
TOKEN = "Bearer secret"


@pytest.mark.parametrize(
    ("asked", "answered_at", "login"),
    [
        (("/service/token", "harbor-registry"), ("/api/v2.0/repositories", "harbor-repositories"), PASSWORD),
        (("/v2/auth", "quay"), ("/api/v1/find/repositories", "quay-search"), TOKEN),
        (("/v2/token", "container_registry"), ("/api/v1/packages/octo", "gitea-packages"), PASSWORD),
        (
            ("/jwt/auth", "container_registry"),
            ("/api/v4/groups/octo/registry/repositories", "gitlab-repositories"),
            TOKEN,
        ),
    ],
)
def test_vendor_is_known_by_where_its_tokens_come_from(
    faulty: FaultyRegistry, transport: Transport, asked: tuple[str, str], answered_at: tuple[str, str], login: str
) -> None:
    (realm, service), (path, recording) = asked, answered_at
    faulty.answer("/v2/", challenge(f"{faulty.url}{realm}", service))
    faulty.answer(path, Answer(body=recorded(recording)))
    # As some take a password and some a token, this is both.
    credentials = Credentials({transport.address.host: Credential("$oauthtoken", "secret")})
    there = catalog(transport.address, Site(credentials=credentials), Meter())
    assert next(there.search("octo/")).items
    assert [request.headers.get("authorization") for request in faulty.requests] == [None, login]


@pytest.mark.parametrize(
    ("realm", "service"),
    [
        ("https://elsewhere/token", "elsewhere"),
        ("https://a b/jwt/auth", "container_registry"),
        ("https://[/jwt/auth", "x"),
    ],
)
def test_registry_of_no_known_vendor_speaks_the_protocol_alone(
    faulty: FaultyRegistry, meter: ImpatientMeter, realm: str, service: str
) -> None:
    faulty.answer("/v2/", challenge(realm, service))
    faulty.answer("/v2/_catalog", Answer(body=answered(repositories=["demo/os"])))
    there = catalog(RegistryAddress(faulty.host, plain=True), Site(), meter)
    assert items(there.search("demo")) == [Repository("demo/os")]


def test_vendor_is_asked_where_the_catalog_is_closed(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer("/v2/", challenge(f"{faulty.url}/service/token", "harbor-registry"))
    faulty.answer("/v2/_catalog", Answer(401))
    faulty.answer("/api/v2.0/repositories", Answer(body=recorded("harbor-repositories")))
    there = catalog(RegistryAddress(faulty.host, plain=True), Site(), meter)
    assert [repository.name for repository in items(there.repositories())] == ["library/os/server"]


def test_vendor_is_not_asked_where_the_catalog_is_open(faulty: FaultyRegistry, meter: ImpatientMeter) -> None:
    faulty.answer("/v2/_catalog", Answer(body=answered(repositories=["demo/os"])))
    there = catalog(RegistryAddress(faulty.host, plain=True), Site(), meter)
    assert items(there.repositories()) == [Repository("demo/os")]
    assert len(faulty.requests) == 1


def test_name_is_typed_and_its_tags_are_listed_where_nothing_is_told(
    faulty: FaultyRegistry, meter: ImpatientMeter
) -> None:
    faulty.answer("/v2/_catalog", Answer(403))
    faulty.answer("/v2/demo/os/tags/list", Answer(body=answered(tags=["1"])))
    there = catalog(RegistryAddress(faulty.host, plain=True), Site(), meter)
    for ask in (there.repositories, lambda: there.search("os")):
        with pytest.raises(WyrcanError) as raised:
            list(ask())
        assert raised.value.code == "catalog-closed"
    assert items(there.tags("demo/os")) == [Tag("1")]


def test_registry_that_cannot_be_reached_is_told_by_the_protocol(meter: ImpatientMeter) -> None:
    there = catalog(RegistryAddress(f"127.0.0.1:{free_port()}", plain=True), Site(), meter)
    with pytest.raises(WyrcanError) as raised:
        list(there.search("os"))
    assert raised.value.code == "registry-unreachable"
