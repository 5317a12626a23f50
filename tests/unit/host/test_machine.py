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


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ({"sys_vendor": "Dell Inc.", "product_name": " PowerEdge  R640 "}, "Dell Inc. PowerEdge R640"),
        ({"sys_vendor": "HPE", "product_name": "HPE ProLiant"}, "HPE ProLiant"),
        (
            {
                "sys_vendor": "To Be Filled By O.E.M.",
                "product_name": "To Be Filled By O.E.M.",
                "board_vendor": "ASRock",
                "board_name": "B550",
            },
            "ASRock B550",
        ),
        ({"sys_vendor": "Default string", "product_name": "X1"}, "X1"),
        ({}, ""),
    ],
)
def test_model_is_what_the_firmware_says_unless_it_says_nothing(
    tmp_path: Path, told: dict[str, str], model: str
) -> None:
    rig = Rig(tmp_path / "machine")
    rig.describe(**told)
    assert rig.adapters.machine.model == model


def test_processors_are_counted_and_the_first_gives_the_name(tmp_path: Path) -> None:
    machine = Rig(tmp_path / "machine").adapters.machine
    assert (machine.processor, machine.processors) == ("Some CPU", 2)


def test_processor_on_arm64_has_no_name(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    (rig.root / "proc/cpuinfo").write_text("processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\n")
    assert (rig.adapters.machine.processor, rig.adapters.machine.processors) == ("", 2)


def test_firmware_tells_who_made_it_and_the_machine_s_serial_number(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    assert (rig.adapters.machine.serial, rig.adapters.machine.firmware) == ("", "")
    rig.describe(product_serial="ABC1234", bios_vendor="Dell Inc.", bios_version="2.10.2", bios_date="03/04/2021")
    assert rig.adapters.machine.serial == "ABC1234"
    assert rig.adapters.machine.firmware == "Dell Inc. 2.10.2 03/04/2021"


@pytest.mark.parametrize("placeholder", ["System Serial Number", "None", "To be filled by O.E.M."])
def test_serial_number_that_nobody_filled_in_is_none(tmp_path: Path, placeholder: str) -> None:
    rig = Rig(tmp_path / "machine")
    rig.describe(product_serial=placeholder)
    assert rig.adapters.machine.serial == ""


def test_cores_are_counted_in_all_sockets_once_for_all_their_threads(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    assert rig.adapters.machine.cores == 0
    places = [(package, core) for package in (0, 1) for core in (0, 4) for _ in ("first thread", "second")]
    (rig.root / "proc/cpuinfo").write_text(
        "".join(
            f"processor\t: {number}\nmodel name\t: Some CPU\nphysical id\t: {package}\ncore id\t\t: {core}\n\n"
            for number, (package, core) in enumerate(places)
        )
    )
    assert (rig.adapters.machine.processors, rig.adapters.machine.cores) == (8, 4)
