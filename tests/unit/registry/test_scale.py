"""Registries that have more than anybody could look through: what is seen first does not wait for the rest."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.faulty import FaultyRegistry, Request
from tests.unit.registry.conftest import ImpatientMeter
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.catalog import catalog
from wyrcan_tui.registry.distribution import Distribution
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

REPOSITORIES = 100_000
TAGS = 20_000
TOO_MANY = 1_000_000


class LargeRegistry(FaultyRegistry):
    """A registry that pages as the distribution-spec has it: `n` entries after the one that is `last`."""

    repositories = REPOSITORIES

    def _respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        key, count = ("tags", TAGS) if parts.path.endswith("/tags/list") else ("repositories", self.repositories)
        query = parse_qs(parts.query)
        start = int(query["last"][0].removeprefix("demo-")) + 1 if "last" in query else 0
        end = min(count, start + int(query["n"][0]))
        names = [f"demo-{number:07}" for number in range(start, end)]
        self.requests.append(Request(handler.path, {}))
        body = json.dumps({key: names}).encode()
        handler.send_response_only(200)
        if end < count:
            handler.send_header("Link", f'<{parts.path}?n={query["n"][0]}&last={names[-1]}>; rel="next"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def large() -> Iterator[LargeRegistry]:
    """A large registry."""
    with LargeRegistry() as registry:
        yield registry


def test_first_page_of_many_repositories_takes_one_request(large: LargeRegistry, meter: ImpatientMeter) -> None:
    pages = catalog(RegistryAddress(large.host, plain=True), Site(), meter).repositories()
    assert not large.requests
    first = next(pages)
    assert (len(first.items), first.more, len(large.requests)) == (100, True, 1)
    assert [repository.name for page in islice(pages, 2) for repository in page.items][-1] == "demo-0000299"
    assert len(large.requests) == 3


def test_first_page_of_many_tags_takes_one_request(large: LargeRegistry, meter: ImpatientMeter) -> None:
    pages = Distribution(Transport(RegistryAddress(large.host, plain=True), Site(), meter)).tags("demo")
    first = next(pages)
    assert (len(first.items), first.more, len(large.requests)) == (100, True, 1)
    assert sum(len(page.items) for page in pages) == TAGS - 100
    assert len(large.requests) == TAGS // 100


def test_registry_with_too_many_shows_its_first_page_all_the_same(large: LargeRegistry, meter: ImpatientMeter) -> None:
    large.repositories = TOO_MANY
    pages = catalog(RegistryAddress(large.host, plain=True), Site(), meter).repositories()
    assert len(next(pages).items) == 100
    with pytest.raises(WyrcanError) as raised:
        list(pages)
    assert raised.value.code == "registry-endless"
