"""What tests of the menu need: no patience."""

import pytest

from wyrcan_tui.registry.transport import Transport


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that does not answer is given up at once."""
    monkeypatch.setattr(Transport, "pause", lambda transport, attempt, why, least=0.0: None)
