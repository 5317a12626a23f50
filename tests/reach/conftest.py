"""What each of these tests needs: an authority, an image, and a client whose pauses take no time."""

from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.image import Image
from tests.support.pki import Authority
from wyrcan_tui.progress import Meter


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A certificate authority that only this test knows."""
    return Authority(tmp_path / "authority")


@pytest.fixture
def image() -> Image:
    """A small image."""
    return bootable_image()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries take no time."""
    monkeypatch.setattr(Meter, "pause", lambda meter, seconds: meter.check())
