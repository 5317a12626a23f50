"""Texts in the language that was chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.catalog import pseudo, write_pseudo_language
from wyrcan_tui.flows.language import speak
from wyrcan_tui.texts import _, choose_language, later, ngettext

GO_BACK = "Go back"


@pytest.fixture
def languages(tmp_path: Path) -> Iterator[Path]:
    """A folder with one language in it; English is spoken again afterwards."""
    write_pseudo_language(tmp_path, "xx")
    yield tmp_path
    choose_language("")


@pytest.mark.parametrize("name", ["xx", "xx_YY", "xx_YY.UTF-8", "xx.UTF-8", "xx_YY@modifier"])
def test_language_is_found_by_its_name_in_any_form(languages: Path, name: str) -> None:
    choose_language(name, languages)
    assert _(GO_BACK) == pseudo(GO_BACK) == "Ññ ññññ"


@pytest.mark.parametrize("name", ["", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "../xx", "\0", "x" * 300, "en"])
def test_language_that_is_not_there_is_english(languages: Path, name: str) -> None:
    choose_language("xx", languages)
    choose_language(name, languages)
    assert _(GO_BACK) == GO_BACK


def test_damaged_catalog_is_english(languages: Path) -> None:
    for path in languages.rglob("*.mo"):
        path.write_bytes(path.read_bytes()[:100])
    choose_language("xx", languages)
    assert _(GO_BACK) == GO_BACK


def test_text_that_nobody_translated_stays_and_the_empty_one_is_empty(languages: Path) -> None:
    choose_language("xx", languages)
    assert _("Nobody has ever said that.") == "Nobody has ever said that."
    assert _("") == ""


def test_number_decides_on_the_form(languages: Path) -> None:
    forms = ("Tried again once: {why}", "Tried again {times} times, the last time: {why}")
    assert [ngettext(*forms, number) for number in (1, 2)] == list(forms)
    choose_language("xx", languages)
    assert [ngettext(*forms, number) for number in (1, 2)] == [pseudo(form) for form in forms]


def test_marked_text_is_itself() -> None:
    assert later(GO_BACK) == GO_BACK


@pytest.mark.parametrize(
    ("cmdline", "environment", "chosen"),
    [
        ("wyr.lang=de", {"LANG": "fr_FR.UTF-8"}, "de"),
        ("quiet", {"LANG": "fr_FR.UTF-8"}, "fr_FR.UTF-8"),
        ("quiet", {"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "es_ES"}, "es_ES"),
        ("quiet", {"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "es_ES", "LC_ALL": "pt_BR"}, "pt_BR"),
        ("quiet", {}, ""),
    ],
)
def test_kernel_command_line_counts_more_than_the_environment(
    monkeypatch: pytest.MonkeyPatch, cmdline: str, environment: dict[str, str], chosen: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("wyrcan_tui.flows.language.choose_language", asked.append)
    speak(cmdline, environment)
    assert asked == [chosen]
