"""Help and log on every screen, no traps, no noise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, SCREEN, Person, somebody_at
from tests.tui.test_path import pick_to_boot
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.tui.app import Menu
from wyrcan_tui.tui.listing import ListingPage
from wyrcan_tui.tui.page import Page, keys_line


def pages(of: type[Page] = Page) -> Iterator[type[Page]]:
    """Every kind of page there is; the menu imports them all."""
    for kind in of.__subclasses__():
        yield from pages(kind)
        if kind is not ListingPage:
            yield kind


@pytest.mark.parametrize("kind", pages(), ids=lambda kind: kind.__name__)
def test_every_page_has_help_and_a_line_of_keys_that_fits(kind: type[Page]) -> None:
    assert len(kind.help) > 40
    assert len(keys_line(kind.keys)) <= COLUMNS - 2
    assert all(key and does for key, does in kind.help_keys)


async def test_help_is_there_at_a_key_and_gone_at_another(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        for key in ("question_mark", "f1"):
            assert "?/F1 help" in person.lines[-1]
            await person.press(key)
            await person.wait_for_page("Help")
            await person.wait_for("The first screen:", "Keys:", "go back one step", "F2")
            person.check_page()
            # Help has no help of its own.
            await person.press(key, "escape")
            await person.wait_for("Boot this machine")


async def test_question_mark_belongs_to_the_line_that_is_typed_into(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.wait_for("Which image?")
        await person.type("a?b")
        await person.wait_for("a?b")
        await person.press("f1")
        await person.wait_for_page("Help")
        await person.wait_for("REGISTRY/REPOSITORY:TAG")
        await person.press("escape")
        await person.wait_for("Which image?", "a?b")


async def test_list_that_is_searched_by_typing_gives_help_too(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("2 repositories")
        await person.press("question_mark")
        await person.wait_for_page("Help")
        await person.press("escape")
        await person.wait_for_page(f"Repositories of {host}")
        assert "2 repositories" in person.text


async def test_help_over_a_boot_elsewhere_can_be_read_and_goes_back_to_it(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        with rig.turn.taken("ttyS0"):
            rig.turn.tell(Status("ttyS0", "quay.io/demo/os:1", "Fetching."))
            await person.wait_for("From the console ttyS0")
            await person.press("f1")
            await person.wait_for("can be stopped only there")
            rig.turn.tell(Status("ttyS0", "quay.io/demo/os:1", "Packing."))
            await person.wait_until(lambda: "Packing." in below(person), "the newer status below")
            assert person.heading == "Help"
            await person.press("escape")
            await person.wait_for("From the console ttyS0: Packing.")
        await person.wait_for("Boot this machine")
        assert len(person.app.screen_stack) == 1


def below(person: Person) -> str:
    """What is on the page under the one that is seen."""
    return str(person.app.screen_stack[-2].query_one("#note").render())


async def test_any_key_opens_the_menu_also_the_ones_for_help_and_log(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        with rig.turn.taken(OWNER):
            rig.turn.tell(Status(OWNER, "quay.io/demo/os:1", "Booting."))
            await person.wait_for("Press any key to open the menu")
            assert "F2" not in person.lines[-1]
            await person.press("f2")
            await person.wait_for("Boot this machine")


async def test_log_tells_what_was_done_and_what_the_system_wrote_down(rig: Rig, host: str) -> None:
    (rig.root / "dev").mkdir()
    (rig.root / "dev/kmsg").write_text(
        "6,1,0,-;Command line: wyr.proxy=http://me:sesame@proxy\n3,2,5,-;sda is broken\n"
    )
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste("oci:/nope")
        await person.press("enter")
        await person.wait_for("That did not work")
        await person.press("f2")
        await person.wait_for_page("What was done and what went wrong")
        await person.wait_for("Opened: Type a reference", "(layout-missing)", "Nothing that can be read here.")
        person.check_page()
        await person.press("end")
        await person.wait_for("sda is broken", "wyr.proxy=http://...@proxy")
        assert "sesame" not in person.text
        person.check_page()
        await person.press("f2", "escape")
        await person.wait_for("That did not work")
        await person.press("escape")
        await person.wait_for("Which image?")


async def test_help_and_log_do_not_pile_up(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.press("f1", "f2")
        await person.wait_for_page("What was done and what went wrong")
        await person.press("f1", "f2", "f1", "f2", "question_mark")
        assert len(person.app.screen_stack) == 3
        await person.press("escape", "escape")
        await person.wait_for("Boot this machine")
        await person.press("f2", "f1")
        await person.wait_for("the last lines", "Passwords, tokens and keys")
        await person.press("escape", "escape")
        await person.wait_for("Boot this machine")


async def test_tab_reaches_everything_and_escape_leads_back(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")
        seen = set()
        for _ in range(4):
            await person.press("tab")
            seen.add(type(person.app.focused).__name__)
        assert seen == {"VerticalScroll", "OptionList"}
        for _ in range(9):
            await person.press("escape")
        await person.wait_for("Boot this machine")
        assert len(person.app.screen_stack) == 1


async def test_everything_is_seen_after_the_terminal_has_changed_its_size(rig: Rig, host: str) -> None:
    menu = Menu(rig.adapters, "tty1", SCREEN)
    async with menu.run_test(size=(160, 60)) as pilot:
        person = Person(pilot)
        await pick_to_boot(person, host)
        await pilot.resize_terminal(40, 12)
        await pilot.resize_terminal(COLUMNS, LINES)
        await pilot.pause()
        person.check_page()
        await person.press("f1")
        await person.wait_for_page("Help")
        await pilot.resize_terminal(60, 15)
        await pilot.resize_terminal(COLUMNS, LINES)
        await pilot.pause()
        person.check_page()


async def test_mouse_chooses_as_the_keys_do(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.click("Type a reference")
        await person.wait_for("Which image?")


async def test_no_bell_is_ever_rung(rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda driver, data: written.append(data))
    monkeypatch.setattr(Menu, "is_headless", False)
    menu = Menu(rig.adapters, "tty1", SCREEN)
    async with menu.run_test(size=(COLUMNS, LINES)) as pilot:
        person = Person(pilot)
        menu.show_error(WyrcanError("x", "It rings: \x07"))
        await person.wait_for("That did not work")
        await person.press("backspace", "f9", "ctrl+g", "escape", "escape")
        menu.bell()
        await pilot.pause()
    assert "\x07" not in "".join(written)
