"""The commands that Wyrcan 2.1.2 has for everyone, morph, unpack and kexec, with the options of its own help."""

from pathlib import Path

import pytest

from tests.support.bootable import WORDS, bootable_image, kernel_file
from tests.support.newc import read_initrd
from tests.support.rig import Rig
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def image(tmp_path: Path) -> str:
    """A reference to an image that boots."""
    return f"oci:{bootable_image().write_layout(tmp_path / 'layout')}"


def wyrcan(rig: Rig, *words: object) -> int:
    """Run the command on the machine, and return its exit code."""
    return run(parser().parse_args([str(word) for word in words]), rig.adapters)


@pytest.mark.parametrize("quiet", [(), ("-q",), ("--quiet",)])
@pytest.mark.parametrize("options", [("-k", "-i", "-c"), ("--kernel", "--initrd", "--cmdline")])
def test_morph_writes_what_is_named(
    rig: Rig, image: str, tmp_path: Path, options: tuple[str, ...], quiet: tuple[str, ...]
) -> None:
    kernel, initrd, cmdline = files = [tmp_path / name for name in ("kernel", "initrd", "cmdline")]
    named = [word for pair in zip(options, files, strict=True) for word in pair]
    assert wyrcan(rig, "morph", *quiet, *named, image) == 0
    assert kernel.read_bytes() == kernel_file()
    assert "init" in read_initrd(initrd.read_bytes())
    assert cmdline.read_text() == f"{WORDS}\n"


@pytest.mark.parametrize("option", [None, "-k", "-i", "-c"])
def test_morph_writes_no_more_than_what_is_named(rig: Rig, image: str, tmp_path: Path, option: str | None) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert wyrcan(rig, "morph", image, *([option, folder / "file"] if option else [])) == 0
    assert [path.name for path in folder.iterdir()] == ([] if option is None else ["file"])


@pytest.mark.parametrize("quiet", [(), ("-q",), ("--quiet",)])
def test_unpack_makes_the_directory(rig: Rig, image: str, tmp_path: Path, quiet: tuple[str, ...]) -> None:
    assert wyrcan(rig, "unpack", *quiet, image, tmp_path / "root") == 0
    assert (tmp_path / "root/boot/wyrcan.kernel").read_bytes() == kernel_file()


def test_kexec_loads_an_image_with_words_and_leaves_the_jump_to_the_reboot(rig: Rig, image: str) -> None:
    assert wyrcan(rig, "kexec", "-q", "-t", "2", "-c", "quiet ro", image) == 0
    (loaded,) = rig.kexec.loaded
    assert (loaded.kernel, loaded.cmdline) == (kernel_file(), f"{WORDS} quiet ro")
    assert not rig.kexec.executed


@pytest.mark.parametrize("words", [(), ("-k", "kernel"), ("oci:image", "-k", "kernel", "-i", "initrd")])
def test_kexec_that_is_not_told_clearly_what_to_load_loads_nothing(
    rig: Rig, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert wyrcan(rig, "kexec", *words) == 1
    assert "not clear what is to be loaded" in capsys.readouterr().err
    assert rig.kexec.loaded == []


def test_boot_takes_its_options_too(tmp_path: Path, image: str) -> None:
    rig = Rig(tmp_path / "told", cmdline=f"wyr.img={image}")
    assert wyrcan(rig, "boot", "-q", "--tries", "5") == 0
    assert rig.kexec.executed
