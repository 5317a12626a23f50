"""The program before any of its front ends: the language is chosen first, and nothing ends in a traceback."""

import platform
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.catalog import pseudo, write_pseudo_language
from tests.support.rig import Rig
from wyrcan_tui import __main__ as program
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.texts import _, choose_language

GO_BACK = "Go back"
FRONT_ENDS = {
    "wyrcan_tui.cli.main.run": ["boot"],
    "wyrcan_tui.plain.menu.run_plain": ["menu", "--plain"],
    "wyrcan_tui.tui.app.run_menu": ["menu"],
}
"""What runs each of them, and the words that lead there."""


@pytest.fixture
def languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language that nobody speaks is there; English is spoken again afterwards."""
    write_pseudo_language(tmp_path / "locale", "xx")
    choose = partial(choose_language, folder=tmp_path / "locale")
    monkeypatch.setattr("wyrcan_tui.flows.language.choose_language", choose)
    yield
    choose_language("")


@pytest.mark.usefixtures("languages")
@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_language_is_chosen_before_any_front_end_says_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, front_end: str
) -> None:
    rig = Rig(tmp_path / "machine", cmdline="quiet wyr.lang=xx")
    said: list[str] = []

    def speaking_parser() -> object:
        said.append(_(GO_BACK))
        return parser()

    def run(*_given: object) -> int:
        said.append(_(GO_BACK))
        return 7

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "argv", ["wyrcan", *FRONT_ENDS[front_end]])
    monkeypatch.setattr(program, "this_machine", lambda: rig.adapters)
    monkeypatch.setattr(program, "parser", speaking_parser)
    monkeypatch.setattr(front_end, run)
    assert program.main() == 7
    assert said == [pseudo(GO_BACK)] * 2


def test_machine_that_there_is_no_demo_of_is_told_so_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    monkeypatch.setattr(sys, "argv", ["wyrcan", "menu", "--demo"])
    assert program.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("wyrcan: ")
    assert "vax" in line


def test_machine_that_cannot_be_read_is_told_of_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = Rig(tmp_path / "machine")
    (rig.root / "proc/cmdline").unlink()
    monkeypatch.setattr(sys, "argv", ["wyrcan", "boot"])
    monkeypatch.setattr(program, "this_machine", lambda: rig.adapters)
    assert program.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("wyrcan: Wyrcan has a bug: FileNotFoundError")
