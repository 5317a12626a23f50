"""The command speaks the language that was asked for, as the menu does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.catalog import write_pseudo_language
from tests.support.rig import Rig
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.texts import choose_language


@pytest.fixture
def nobody_s_language(tmp_path: Path) -> Iterator[None]:
    """Nobody's language is spoken."""
    write_pseudo_language(tmp_path / "locale", "xx")
    choose_language("xx", tmp_path / "locale")
    yield
    choose_language("")


@pytest.mark.usefixtures("nobody_s_language")
@pytest.mark.parametrize("words", [["net"], ["efi", "show"], ["efi", "clear"], ["kexec"], ["tags", "oci:q"]])
def test_command_has_no_text_of_its_own(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rig = Rig(tmp_path / "machine")
    rig.plug("q0", address="1:2")
    run(parser().parse_args(words), rig.adapters)
    told = "".join(capsys.readouterr())
    english = {*re.findall(r"[A-Za-z]{2,}", told)} - {"wyrcan", "oci"}
    assert told
    assert not english


@pytest.mark.usefixtures("nobody_s_language")
def test_report_of_a_check_has_no_text_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    layout = bootable_image().write_layout(tmp_path / "layout")
    run(parser().parse_args(["check", "-q", f"oci:{layout}"]), Rig(tmp_path / "machine").adapters)
    told = capsys.readouterr().out.replace(str(layout), "")
    names = [line[:12].strip() for line in told.splitlines()]
    assert "ñññññ" in names
    assert not [name for name in names if re.search("[A-Za-z]", name)]
