"""What each of these tests needs: an authority, an image, and a client that any program could be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.image import File, Image, Layer
from tests.support.pki import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A certificate authority that only this test knows."""
    return Authority(tmp_path / "authority")


@pytest.fixture
def image() -> Image:
    """A small image."""
    return Image([Layer([File("etc/motd", b"hello")])])


@pytest.fixture
def client() -> Iterator[requests.Session]:
    """A client that this host's environment does not change."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
