"""The menu can be read on whatever it runs: many colours, sixteen, none, plain characters, small screens and large."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.contrast import LINUX, XTERM, Palette
from tests.support.fonts import SIZES, console_font
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, SCREEN, Person, somebody_at
from tests.tui.test_path import pick
from wyrcan_tui.host.terminal import ASCII, Abilities, Colours
from wyrcan_tui.host.turn import Status

COLOURLESS = Abilities(Colours.NONE, None)
MOST_IN_REVERSE = 5
"""Lines: the title, the keys, and of an entry with the bar what has no room on one."""

Look = Callable[[Person], None]


async def tour(rig: Rig, abilities: Abilities, host: str, look: Look) -> None:
    """Have a person go to every page, and `look` each time that there is something new to be seen."""
    rig.save(json.dumps({"image": "registry.example/demo/os:1"}).encode())
    async with somebody_at(rig, abilities=abilities) as person:
        look(person)
        await see_errors(person, host, look)
        await see_image(person, host, look)
        with rig.turn.taken("ttyS0"):
            rig.turn.tell(Status("ttyS0", "demo/os:1", "Fetching.", 30, 90, error="It broke.", problems="What is it?"))
            await person.wait_for("It broke.", "What is it?")
            look(person)


async def see_errors(person: Person, host: str, look: Look) -> None:
    """See what fails, from the first page and back to it."""
    await person.choose("Check the way to an image")
    await person.wait_for("It ends at")
    look(person)
    await person.press("tab")
    look(person)
    await person.press("escape")
    await person.choose("Type a reference")
    await person.wait_for("Which image?")
    look(person)
    await person.type("Not A Reference")
    await person.press("enter")
    await person.wait_for("is not a reference")
    look(person)
    await person.press("shift+home")
    look(person)
    await person.press("backspace")
    await person.paste(f"{host}/demo/os:gone")
    await person.press("enter")
    await person.wait_for("That did not work")
    look(person)
    await person.press("tab")
    look(person)
    await person.press("escape", "escape")


async def see_image(person: Person, host: str, look: Look) -> None:
    """See an image and how it is booted, from the first page and back to it."""
    await person.choose("Images that are made to be booted")
    await person.wait_for("quay.io/")
    look(person)
    await person.press("escape")
    await pick(person, host)
    look(person)
    await person.choose("Boot this image")
    await person.wait_for("Boot once")
    look(person)
    await person.press("tab")
    look(person)
    await person.press("tab")
    await person.choose("Boot always")
    await person.wait_for("Are you sure?")
    look(person)
    await person.press("tab")
    look(person)
    await person.press("escape")
    await person.choose("Boot once")
    await person.wait_for("The system is starting")
    look(person)
    await person.press("escape", "escape", "escape")
    await person.wait_for("3 tags")
    look(person)
    await person.press("escape")
    await person.wait_for("2 repositories")
    look(person)
    await person.type("no/such")
    look(person)
    await person.press("escape")
    await person.wait_for("Boot this machine")


@pytest.mark.parametrize(
    ("colours", "palette"),
    [(Colours.SIXTEEN, LINUX), (Colours.SIXTEEN, XTERM), (Colours.MANY, XTERM)],
    ids=["linux", "xterm", "many"],
)
async def test_all_text_stands_out_from_what_is_behind_it(
    rig: Rig, host: str, colours: Colours, palette: Palette
) -> None:
    def look(person: Person) -> None:
        assert not person.faint_text(palette)

    await tour(rig, Abilities(colours, None), host, look)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}], ids=["by its terminal", "by NO_COLOR"])
async def test_where_keys_go_is_seen_without_colours(
    rig: Rig, host: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Textual follows it, too.
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def look(person: Person) -> None:
        for line in person.pieces:
            assert all(not c or c.is_default for _, style in line for c in (style.color, style.bgcolor))
        reverse = person.lines_that(lambda style: style.reverse)
        assert reverse[0].startswith("Wyrcan  ")
        assert reverse[-1] == person.lines[-1].strip()
        assert len(reverse) <= MOST_IN_REVERSE
        where = person.where_keys_go
        if where == "OptionList":
            assert person.selected.strip()[:20] in "\n".join(reverse[1:-1])
        elif where == "Input":
            assert any("═" in line for line in person.lines)
        elif where == "VerticalScroll":
            assert any("│" in line for line in person.lines)

    await tour(rig, COLOURLESS, host, look)


async def test_plain_terminal_gets_plain_characters(rig: Rig, host: str) -> None:
    def look(person: Person) -> None:
        assert "".join(person.lines).isascii()

    await tour(rig, Abilities(Colours.SIXTEEN, ASCII), host, look)


async def test_font_that_we_bring_has_every_character_that_is_drawn(rig: Rig, host: str) -> None:
    drawn: set[str] = set()
    await tour(rig, SCREEN, host, lambda person: drawn.update("".join(person.lines)))
    assert "═" in drawn
    for size in SIZES:
        assert drawn <= console_font(size).characters.keys()


async def test_characters_that_cannot_be_shown_are_replaced_and_lines_stay_as_wide(rig: Rig, tmp_path: Path) -> None:
    layout = replace(bootable_image(), created="n\u00e9 \u2013 \u65e5\u672c \u0416").write_layout(tmp_path / "layout")
    async with somebody_at(rig, abilities=Abilities(Colours.SIXTEEN, ASCII)) as person:
        await person.choose("Type a reference")
        await person.paste(f"oci:{layout}")
        await person.press("enter")
        await person.wait_for("Created ne - ???? ?")
        assert {len(line) for line in person.lines} == {COLUMNS}


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (20, 5)])
async def test_terminal_that_is_too_small_is_told_so_until_it_is_larger(rig: Rig, size: tuple[int, int]) -> None:
    async with somebody_at(rig, size=size) as person:
        await person.wait_for("This terminal is too small")
        assert "Type a reference" not in person.text
        await person.press("end", "up", "enter")
        await person.enlarge(COLUMNS, LINES)
        await person.wait_for("Boot this machine")
        person.check_page()
        await person.press("down")
        assert person.selected == person.options[1]


async def test_terminal_that_becomes_too_small_shows_the_page_again_once_it_is_larger(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("2 repositories")
        await person.enlarge(60, 10)
        await person.wait_for("it has 60 columns and 10 lines, and 80 and 24 are needed")
        await person.enlarge(COLUMNS, LINES)
        await person.choose("demo/os")
        await person.wait_for("3 tags")


async def test_tall_screen_shows_more_of_what_is_long(rig: Rig) -> None:
    rig.save(b'{"image": "' + b"half a choice " * 500)
    shown = []
    for size in ((COLUMNS, LINES), (132, 43), (160, 67)):
        async with somebody_at(rig, size=size) as person:
            await person.choose("Look at the saved choice")
            await person.wait_for("That did not work")
            shown.append(sum("half a choice" in line for line in person.lines))
            assert person.options[-1] in "\n".join(person.lines)
    assert shown[0] < shown[1] < shown[2]


async def test_list_that_goes_on_shows_how_far(tmp_path: Path, registry: Registry) -> None:
    for number in range(40):
        registry.push_image("demo/many", f"v{number}", bootable_image())
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
    async with somebody_at(rig, abilities=COLOURLESS) as person:
        await person.choose("127.0.0.1")
        await person.choose("demo/many")
        await person.wait_for("40 tags")

        def thumb() -> list[int]:
            rows = enumerate(person.pieces[1:-1])
            return [row for row, line in rows if any(text == " " and style.reverse for text, style in line)]

        before = thumb()
        assert before
        await person.press("end")
        await person.wait_until(lambda: thumb()[-1] > before[-1], "the bar at the end")
