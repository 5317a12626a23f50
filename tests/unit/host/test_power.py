"""Restarting and switching off, as systemd is told."""

import os
from pathlib import Path

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.power import Power


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command that speaks to systemd; here it only writes down that it was run."""
    command = tmp_path / "systemctl"
    command.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return command


@pytest.mark.usefixtures("systemctl")
def test_systemd_is_asked(tmp_path: Path) -> None:
    Power().restart()
    Power().power_off()
    assert (tmp_path / "asked").read_text().splitlines() == ["reboot", "poweroff"]


def test_refusal_is_told_in_the_words_of_systemd(systemctl: Path) -> None:
    systemctl.write_text("#!/bin/sh\necho 'Failed to start reboot.target:\n  not today.' >&2\nexit 1\n")
    with pytest.raises(WyrcanError) as caught:
        Power().restart()
    assert caught.value.code == "power-refused"
    assert caught.value.message == "This machine does not restart: Failed to start reboot.target: not today."


def test_refusal_without_a_word_is_told_all_the_same(systemctl: Path) -> None:
    systemctl.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(WyrcanError) as caught:
        Power().power_off()
    assert caught.value.message == "This machine does not switch off: systemctl ended with 1."


def test_system_without_systemd_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(WyrcanError) as caught:
        Power().power_off()
    assert caught.value.message == "This machine does not switch off: systemctl: No such file or directory."
