"""What a machine is, and what it was started with."""

import platform
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.platform import Platform


def test_kernel_command_line_comes_without_its_line_break(tmp_path: Path) -> None:
    machine = Rig(tmp_path / "machine", cmdline='wyr.arg="a b" quiet').adapters.machine
    assert machine.cmdline == 'wyr.arg="a b" quiet'


def test_kernel_command_line_may_hold_any_bytes(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    (rig.root / "proc/cmdline").write_bytes(b"wyr.img=quay.io/demo/os:1 odd=\xff\n")
    assert rig.adapters.machine.cmdline.startswith("wyr.img=quay.io/demo/os:1 odd=")


def test_memory_is_told_in_bytes(tmp_path: Path) -> None:
    assert Rig(tmp_path / "machine", memory=3 << 30).adapters.machine.memory == 3 << 30


@pytest.mark.parametrize(("machine", "architecture"), [("x86_64", "amd64"), ("aarch64", "arm64")])
def test_platform_is_what_images_are_made_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, machine: str, architecture: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert Rig(tmp_path / "machine").adapters.machine.platform == Platform("linux", architecture)


def test_unknown_architecture_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "s390x")
    with pytest.raises(WyrcanError) as caught:
        _ = Rig(tmp_path / "machine").adapters.machine.platform
    assert caught.value.code == "architecture-unknown"
