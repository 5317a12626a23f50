"""What each command does to a machine, and what it prints."""

import dataclasses
import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flows.test_handover import ENABLED, NETWORKD
from tests.support.bootable import RELEASE, WORDS, bootable_image, kernel_file
from tests.support.image import File, Hole, Image, Layer
from tests.support.newc import read_initrd
from tests.support.rig import Rig
from tests.support.unpacker import unpack
from wyrcan_tui.cli.commands.check import NOT_BOOTABLE
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.flows import unattended
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.network import Card
from wyrcan_tui.flows.network_edit import with_interface
from wyrcan_tui.flows.network_setup import Setup, Typed


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with UEFI."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def image(tmp_path: Path) -> str:
    """A reference to an image that boots."""
    return f"oci:{bootable_image().write_layout(tmp_path / 'layout')}"


def wyrcan(rig: Rig, *words: object) -> int:
    """Run the command on the machine, and return its exit code."""
    return run(parser().parse_args([str(word) for word in words]), rig.adapters)


def test_boot_starts_the_image_with_the_words_given(rig: Rig, image: str) -> None:
    assert wyrcan(rig, "boot", "-q", image, "--arg", "one two", "--arg", "three") == 0
    assert rig.kexec.booted.cmdline == f"{WORDS} one two three"
    assert rig.kexec.booted.kernel == kernel_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("wyr.handover=yes wyr.net.10-a.Match.Name=a wyr.net.10-a.Network.DHCP=ipv4", True),
        ("wyr.net.10-a.Match.Name=a wyr.net.10-a.Network.DHCP=ipv4", False),
        ("wyr.handover=yes", False),
    ],
)
def test_boot_of_an_image_hands_the_network_over_where_that_is_asked_for(
    tmp_path: Path, words: str, told: bool
) -> None:
    rig = Rig(tmp_path / "told", cmdline=words)
    image = bootable_image("one", *NETWORKD, ENABLED).write_layout(tmp_path / "layout")
    assert wyrcan(rig, "boot", "-q", f"oci:{image}") == 0
    files = {path for path in unpack(rig.kexec.booted.initrd) if b"00-wyrcan-" in path}
    assert files == ({b"etc/systemd/network/00-wyrcan-10-a.network"} if told else set())


def test_boot_of_an_image_hands_over_what_was_set_in_a_menu(rig: Rig, image: str) -> None:
    files = with_interface({}, Card("a", setup=Setup.parse(Typed("10.0.0.7/24", six="off"))))
    instructions = Instructions(rig.adapters)
    instructions.set_network(files, seen={})
    assert wyrcan(rig, "boot", "-q", image) == 0
    assert rig.kexec.booted.cmdline == f"ip=10.0.0.7:::255.255.255.0::a:off {WORDS}"
    instructions.set_handover(wanted=False)
    assert wyrcan(rig, "boot", "-q", image) == 0
    assert rig.kexec.booted.cmdline == WORDS


def test_boot_without_an_image_boots_what_the_machine_was_told(tmp_path: Path, image: str) -> None:
    rig = Rig(tmp_path / "told", cmdline=f'wyr.img={image} wyr.arg="one two"')
    assert wyrcan(rig, "boot") == 0
    assert rig.kexec.booted.cmdline == f"{WORDS} one two"


def test_boot_without_an_image_boots_the_saved_choice_after_the_countdown(tmp_path: Path, image: str) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.timeout=0")
    rig.save(json.dumps({"image": image, "cmdline": ["saved"]}).encode())
    assert wyrcan(rig, "boot") == 0
    assert rig.kexec.booted.cmdline == f"{WORDS} saved"


def test_boot_without_an_image_sets_the_network_up_first(tmp_path: Path, image: str) -> None:
    rig = Rig(tmp_path / "told", cmdline=f"wyr.img={image} wyr.net.eth.Match.Name=eth0")
    assert wyrcan(rig, "boot") == 0
    assert (rig.root / "run/systemd/network/eth.network").read_text() == "[Match]\nName=eth0\n\n"


@pytest.mark.parametrize("cmdline", ["", "wyr.menu wyr.img={image}", "wyr.efi=write wyr.img={image}"])
def test_boot_without_an_image_leaves_to_the_menu_what_needs_somebody(
    tmp_path: Path, image: str, cmdline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = Rig(tmp_path / "told", cmdline=cmdline.format(image=image))
    # It waits until somebody has chosen, so it is left to itself here.
    threading.Thread(target=wyrcan, args=(rig, "boot"), daemon=True).start()
    told = ""
    deadline = time.monotonic() + 20
    while "Nothing to boot until somebody chooses" not in told and time.monotonic() < deadline:
        told += capsys.readouterr().err
        time.sleep(0.01)
    assert "Nothing to boot until somebody chooses" in told
    assert rig.kexec.loaded == []


def test_boot_without_an_image_tells_what_it_does_not_understand(
    tmp_path: Path, image: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unattended, "_MENU_PATIENCE", 0.0)
    rig = Rig(tmp_path / "told", cmdline=f"wyr.img={image} wyr.imgae=typo")
    rig.save(b"half a choice")
    assert wyrcan(rig, "boot") == 0
    told = capsys.readouterr().err
    assert "wyr.imgae=typo" in told
    assert "The saved choice cannot be understood" in told
    assert rig.saved == b"half a choice"
    assert rig.kexec.executed


def test_boot_without_an_image_tells_every_failure_and_when_it_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unattended, "_FIRST_PAUSE", 0.1)
    layout = tmp_path / "layout"
    rig = Rig(tmp_path / "told", cmdline=f"wyr.img=oci:{layout}")
    thread = threading.Thread(target=wyrcan, args=(rig, "boot"), daemon=True)
    thread.start()
    told = ""
    deadline = time.monotonic() + 20
    while "Trying again" not in told and time.monotonic() < deadline:
        told += capsys.readouterr().err
        time.sleep(0.01)
    line = told.splitlines()[0]
    assert line.startswith(f"wyrcan: {layout} is not an OCI layout")
    assert line.endswith("Trying again in 0 seconds.")
    bootable_image().write_layout(layout)
    thread.join(20)
    assert rig.kexec.executed


def test_settings_of_the_medium_count_where_another_place_names_the_image(
    tmp_path: Path, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unattended, "_MENU_PATIENCE", 0.0)
    rig = Rig(tmp_path / "told", cmdline="wyr.timeout=1")
    rig.save(json.dumps({"image": image}).encode())
    rig.medium.write_bytes(b'{"network": {"c.network": {"Match": {"Name": "eth0"}}}}')
    assert wyrcan(rig, "boot") == 0
    assert rig.kexec.executed
    assert (rig.root / "run/systemd/network/c.network").read_text() == "[Match]\nName=eth0\n\n"


def test_choice_that_another_place_names_does_not_wait_for_the_medium(tmp_path: Path, image: str) -> None:
    class Missing:
        """A medium that never appears."""

        def read(self) -> None:
            over.wait(20)

    over = threading.Event()
    rig = Rig(tmp_path / "told", cmdline=f"wyr.img={image}")
    rig.adapters = dataclasses.replace(rig.adapters, medium=Missing())
    begin = time.monotonic()
    assert wyrcan(rig, "boot") == 0
    over.set()
    assert time.monotonic() - begin < 10
    assert rig.kexec.executed


def test_morph_writes_kernel_initrd_and_words(rig: Rig, image: str, tmp_path: Path) -> None:
    kernel, initrd, cmdline = (tmp_path / name for name in ("kernel", "initrd", "cmdline"))
    assert wyrcan(rig, "morph", "-q", image, "-k", kernel, "-i", initrd, "-c", cmdline) == 0
    assert kernel.read_bytes() == kernel_file()
    assert read_initrd(initrd.read_bytes())["init"].data == b"#!/bin/sh\necho one\n"
    assert cmdline.read_text() == WORDS + "\n"
    assert rig.kexec.loaded == []


def test_unpack_writes_the_files_into_a_new_directory(rig: Rig, image: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    assert wyrcan(rig, "unpack", "-q", image, root) == 0
    assert (root / "boot/wyrcan.kernel").read_bytes() == kernel_file()
    assert (root / "init").stat().st_mode & 0o777 == 0o755


@pytest.fixture
def hollow_image(tmp_path: Path) -> str:
    """A reference to an image of 100 KB that unpacks to 4 TB of holes, none of them too large for an initrd."""
    holes = [Hole(f"hole-{number}", (4 << 30) - 1) for number in range(1000)]
    return f"oci:{bootable_image('one', *holes).write_layout(tmp_path / 'hollow')}"


@pytest.fixture
def small_largest_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no root be larger than 5 GiB: more than one file is, and quick to come to."""
    monkeypatch.setattr("wyrcan_tui.image.initrd.LARGEST_ROOT", 5 << 30)


@pytest.mark.usefixtures("small_largest_root")
def test_check_of_an_image_that_is_all_holes_comes_to_its_end(
    rig: Rig, hollow_image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wyrcan(rig, "check", "-q", "--json", hollow_image) == NOT_BOOTABLE
    assert json.loads(capsys.readouterr().out)["code"] == "root-too-large"


@pytest.mark.usefixtures("small_largest_root")
def test_morph_of_an_image_that_is_all_holes_comes_to_its_end(
    rig: Rig, hollow_image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wyrcan(rig, "morph", hollow_image, "-i", tmp_path / "initrd") == 1
    assert "more than the 5.4 GB that there is room for" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "initrd").exists()


def test_unpack_leaves_holes_holes(rig: Rig, hollow_image: str, tmp_path: Path) -> None:
    assert wyrcan(rig, "unpack", "-q", hollow_image, tmp_path / "root") == 0
    found = [path.stat() for path in (tmp_path / "root").glob("hole-*")]
    assert {(status.st_size, status.st_blocks) for status in found} == {((4 << 30) - 1, 0)}
    assert len(found) == 1000


def test_unpack_that_fails_leaves_no_half_directory(rig: Rig, tmp_path: Path) -> None:
    image = bootable_image()
    layout = image.write_layout(tmp_path / "broken")
    path = layout / "blobs" / image.layers[0].digest.replace(":", "/")
    path.write_bytes(path.read_bytes()[:-1])
    root = tmp_path / "root"
    assert wyrcan(rig, "unpack", "-q", f"oci:{layout}", root) == 1
    assert not root.exists()


def test_kexec_loads_files_and_starts_them_only_where_asked(rig: Rig, tmp_path: Path) -> None:
    kernel, initrd = tmp_path / "kernel", tmp_path / "initrd"
    kernel.write_bytes(b"kernel")
    initrd.write_bytes(b"initrd")
    assert wyrcan(rig, "kexec", "-k", kernel, "-i", initrd, "-c", "quiet") == 0
    (loaded,) = rig.kexec.loaded
    assert (loaded.kernel, loaded.initrd, loaded.cmdline) == (b"kernel", b"initrd", "quiet")
    assert not rig.kexec.executed
    assert wyrcan(rig, "kexec", "-k", kernel, "-i", initrd, "--execute") == 0
    assert rig.kexec.executed


def test_efi_write_show_and_clear_go_together(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    value = '{"network":{},"cmdline":["one two"],"image":"quay.io/demo/os:1"}'
    write = ("efi", "write", "quay.io/demo/os:1", "--arg", "one two")
    assert wyrcan(rig, *write) == 0
    assert capsys.readouterr().out == "Saved.\n"
    assert rig.saved == value.encode()
    assert wyrcan(rig, *write) == 0
    assert capsys.readouterr().out == "Saved already; nothing was written.\n"
    assert wyrcan(rig, "efi", "show") == 0
    assert capsys.readouterr().out == value + "\n"
    assert wyrcan(rig, "efi", "clear") == 0
    assert capsys.readouterr().out == "Removed.\n"
    assert rig.saved is None
    assert wyrcan(rig, "efi", "clear") == 0
    assert capsys.readouterr().out == "No choice was saved.\n"
    assert wyrcan(rig, "efi", "show") == 0
    assert "No choice is saved." in capsys.readouterr().err


def test_efi_write_keeps_that_the_registry_is_spoken_to_in_plain(rig: Rig) -> None:
    assert wyrcan(rig, "efi", "write", "--plain-http", "box:5000/os:1") == 0
    assert json.loads(rig.saved or b"")["registries"] == ["http://box:5000"]


def test_efi_write_replaces_how_the_registry_was_spoken_to(rig: Rig) -> None:
    rig.save(b'{"registries": ["other", "box:5000"]}')
    assert wyrcan(rig, "efi", "write", "--plain-http", "box:5000/os:1") == 0
    assert json.loads(rig.saved or b"")["registries"] == ["http://box:5000", "other:443"]


def test_efi_write_replaces_an_invalid_value_only_by_force(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.save(b"half a choice")
    assert wyrcan(rig, "efi", "write", "quay.io/demo/os:1") == 1
    assert "cannot be understood" in capsys.readouterr().err
    assert rig.saved == b"half a choice"
    assert wyrcan(rig, "efi", "write", "--force", "quay.io/demo/os:1") == 0
    assert json.loads(rig.saved)["image"] == "quay.io/demo/os:1"


def test_efi_show_prints_an_invalid_value_as_it_is_and_says_what_is_wrong(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.save(b'{"image": 1, "\xff": 2}')
    assert wyrcan(rig, "efi", "show") == 1
    shown = capsys.readouterr()
    assert shown.out == '{"image": 1, "\\xff": 2}\n'
    assert "cannot be understood" in shown.err


@pytest.mark.parametrize("words", [("show",), ("write", "quay.io/demo/os:1"), ("clear",)])
def test_efi_on_a_machine_without_uefi_says_so_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert wyrcan(Rig(tmp_path / "bios", uefi=False), "efi", *words) == 1
    told = capsys.readouterr().err
    assert "not started by UEFI firmware" in told
    assert "wyrcan.json" in told
    assert len(told.splitlines()) == 1


def test_net_shows_the_interfaces(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.plug("wired0")
    rig.plug("wired1", address="52:54:00:00:00:02", carrier=False)
    assert wyrcan(rig, "net") == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["wired0", "52:54:00:12:34:56", "up", "no", "address"],
        ["wired1", "52:54:00:00:00:02", "no", "cable", "no", "address"],
    ]


def test_net_apply_writes_what_the_command_line_and_the_efi_variable_say(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.net.a.Match.Name=eth0")
    rig.save(b'{"network": {"b.link": {"Match": {"Name": "eth1"}}}}')
    rig.medium.write_bytes(b'{"network": {"c.network": {}}}')
    assert wyrcan(rig, "net", "apply") == 0
    folder = rig.root / "run/systemd/network"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "a.network": "[Match]\nName=eth0\n\n",
        "b.link": "[Match]\nName=eth1\n\n",
    }


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The lines that were printed, by their first word."""
    lines = capsys.readouterr().out.splitlines()
    return {line[:12].strip(): line[12:] for line in lines}


@pytest.mark.parametrize(
    ("words", "value", "code"),
    [
        ("wyr.net.a.Match.Name=eth0 wyr.registry=ftp://x", None, 0),
        ("wyr.net.a.Match", None, 1),
        ("", b"half a choice", 1),
    ],
)
def test_net_apply_fails_where_settings_may_be_missing(
    tmp_path: Path, words: str, value: bytes | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = Rig(tmp_path / "told", cmdline=words)
    if value:
        rig.save(value)
    assert wyrcan(rig, "net", "apply") == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_net_apply_fails_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.net.a.Match.Name=eth0")
    (rig.root / "run/systemd").write_text("no folder")
    assert wyrcan(rig, "net", "apply") == 1
    assert "The network settings cannot be written" in capsys.readouterr().err


def test_check_tells_all_about_an_image_that_boots(rig: Rig, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert wyrcan(rig, "check", "-q", image) == 0
    facts = told(capsys)
    assert facts["bootable"] == "yes"
    assert facts["made for"] == "linux/amd64"
    assert facts["kernel"] == f"{RELEASE} for amd64, /boot/wyrcan.kernel"
    assert facts["init"] == "/init"
    assert facts["arguments"] == WORDS
    assert " in zstd, " in facts["initrd"]
    assert facts["memory"].endswith(" at least")
    assert "lost" not in facts


def test_check_tells_what_is_added_and_what_is_lost(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = [File("boot/wyrcan.kernel", kernel_file("")), File("sbin/init", xattrs={"user.note": "kept?"})]
    layout = Image([Layer(system)]).write_layout(tmp_path / "layout")
    assert wyrcan(rig, "check", "-q", f"oci:{layout}") == 0
    facts = told(capsys)
    assert facts["kernel"] == "of an unknown version for amd64, /boot/wyrcan.kernel"
    assert facts["init"] == "/sbin/init, which /init is made a link to"
    assert facts["arguments"] == "none"
    assert " uncompressed, " in facts["initrd"]
    assert "/sbin/init" in facts["lost"]


def test_check_refuses_an_image_that_is_too_large_for_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = bootable_image("one", File("large", bytes(420 << 20))).write_layout(tmp_path / "large")
    assert wyrcan(Rig(tmp_path / "small", memory=430 * 10**6), "check", "-q", f"oci:{layout}") == 3
    facts = told(capsys)
    assert facts["bootable"].startswith("no. The image needs ")
    assert facts["kernel"].startswith(RELEASE)


@pytest.fixture
def lossy_image(tmp_path: Path) -> str:
    """A reference to an image with five files whose capabilities are lost."""
    layer = Layer([File(f"bin/{number}", xattrs={"security.capability": "x"}) for number in range(5)])
    content = replace(bootable_image(), layers=[*bootable_image().layers, layer])
    return f"oci:{content.write_layout(tmp_path / 'lossy')}"


LOSS = "Capabilities are lost on 5 files (security.capability): /bin/0, /bin/1, /bin/2 and 2 more."


def test_check_tells_what_is_lost_in_short_and_programs_in_full(
    rig: Rig, lossy_image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wyrcan(rig, "check", "-q", lossy_image)
    assert told(capsys)["lost"] == LOSS
    wyrcan(rig, "check", "-q", "--json", lossy_image)
    files = {f"/bin/{number}": ["security.capability"] for number in range(5)}
    assert json.loads(capsys.readouterr().out)["losses"] == [{"sentence": LOSS, "files": files}]


def test_morph_kexec_and_unpack_tell_what_is_lost(
    rig: Rig, lossy_image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = f"wyrcan: {LOSS}\nwyrcan: `wyrcan check --json` names all the files.\n"
    wyrcan(rig, "morph", "-q", lossy_image, *(word for option in "kic" for word in (f"-{option}", tmp_path / option)))
    assert capsys.readouterr().err == lines
    wyrcan(rig, "kexec", "-q", lossy_image)
    assert capsys.readouterr().err == lines
    wyrcan(rig, "unpack", "-q", lossy_image, tmp_path / "root")
    assert capsys.readouterr().err == lines


def test_progress_is_told_on_standard_error_and_can_be_silenced(
    rig: Rig, image: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wyrcan(rig, "check", image)
    assert "Fetching the image" in capsys.readouterr().err
    wyrcan(rig, "check", "--quiet", image)
    assert capsys.readouterr().err == ""
