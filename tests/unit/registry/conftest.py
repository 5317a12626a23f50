"""What the tests of the registry client ask for."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.faulty import FaultyRegistry
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import Meter, Report
from wyrcan_tui.registry.api import Api
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

ANSWERS = Path(__file__).parent / "answers"
"""What the vendors' APIs answer; its README.md names the sources."""

Item = TypeVar("Item")


def recorded(name: str) -> bytes:
    """The answer of a vendor's API in the file with this name."""
    return (ANSWERS / f"{name}.json").read_bytes()


def items(pages: Iterable[Page[Item]]) -> list[Item]:
    """What is on all the pages together."""
    return [item for page in pages for item in page.items]


class ImpatientMeter(Meter):
    """A meter that does not wait, but remembers how long it should have."""

    def __init__(self, report: Report = lambda progress: None) -> None:
        super().__init__(report)
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        """Take note of the wish to wait."""
        self.check()
        self.pauses.append(seconds)


@pytest.fixture
def meter() -> ImpatientMeter:
    """A meter that does not wait."""
    return ImpatientMeter()


@pytest.fixture
def faulty() -> Iterator[FaultyRegistry]:
    """A registry that answers as it is told to."""
    with FaultyRegistry() as registry:
        yield registry


@pytest.fixture
def transport(faulty: FaultyRegistry, meter: ImpatientMeter) -> Transport:
    """A transport to the faulty registry."""
    return Transport(RegistryAddress(faulty.host, plain=True), Site(), meter)


@pytest.fixture
def api(transport: Transport) -> Api:
    """An API at the faulty registry, for somebody without a login."""
    return Api(transport)


@pytest.fixture
def own_api(transport: Transport) -> Api:
    """An API at the faulty registry, for somebody with a login."""
    return Api(transport, "Bearer secret")
