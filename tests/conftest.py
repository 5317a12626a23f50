"""What tests of every kind can ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.registry import Registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry server that runs."""
    with Registry(tmp_path / "registry") as server:
        yield server
