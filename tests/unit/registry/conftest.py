"""What the tests of the registry client ask for."""

from collections.abc import Iterator

import pytest

from tests.support.faulty import FaultyRegistry
from wyrcan_tui.progress import Meter


class ImpatientMeter(Meter):
    """A meter that does not wait, but remembers how long it should have."""

    def __init__(self) -> None:
        super().__init__()
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
