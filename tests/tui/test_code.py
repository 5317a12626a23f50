"""Codes on the screen, read back from what is drawn by a reader that knows nothing of us."""

import subprocess
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.widgets import Static

from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, SCREEN, Person, somebody_at
from wyrcan_tui.tui.app import Menu
from wyrcan_tui.tui.code import CodePage, make_code

TEXT = "registry-unreachable: The registry quay.io cannot be reached: connection refused.\nWhat to do: " + "x" * 300
WHITE = 7
"""Of the eight colours that every console has."""
WIDTH, HEIGHT = 8, 16
"""Pixels of a character of the console."""
LIGHT = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
"""Whether the upper and the lower half of a character have the colour of the writing."""


def pixels(line: list[Segment]) -> list[list[bool]]:
    """What a console draws for a line of characters: its pixels, True where light."""
    halves = []
    for segment in line:
        style = segment.style
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        inks = (style.color.number, style.bgcolor.number)
        light, dark = (ink == WHITE for ink in (inks[::-1] if style.reverse else inks))
        halves += [tuple(light if lit else dark for lit in LIGHT[character]) for character in segment.text]
    return [[half[row * 2 // HEIGHT] for half in halves for _ in range(WIDTH)] for row in range(HEIGHT)]


async def read_screen(person: Person, folder: Path) -> str:
    """Photograph the code on the screen, on a dark wall, and return what a reader of codes finds."""
    picture = person.app.screen.query_one("#code", Static)
    height = str(picture.content).count("\n") + 1
    await person.wait_until(lambda: picture.region.height == height, "room for the code")
    region = picture.region
    strips = person.app.screen._compositor.render_strips()[region.y : region.bottom]
    rows = [row for strip in strips for row in pixels(list(strip.crop(region.x, region.right)))]
    margin = 20
    dark = [bytes(len(rows[0]) + 2 * margin)] * margin
    lines = [bytes(margin) + bytes(255 * light for light in row) + bytes(margin) for row in rows]
    shot = b"".join([*dark, *lines, *dark])
    photograph = folder / "screen.pgm"
    photograph.write_bytes(b"P5 %d %d 255\n" % (len(lines[0]), len(lines) + 2 * margin) + shot)
    reader = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(photograph)]
    done = subprocess.run(reader, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"no code is found: {done.stderr}"
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize(("columns", "lines"), [(COLUMNS, LINES), (100, 37), (128, 48)])
async def test_code_is_read_back_and_says_how_much_it_holds(rig: Rig, tmp_path: Path, columns: int, lines: int) -> None:
    async with Menu(rig.adapters, "tty1", SCREEN).run_test(size=(columns, lines)) as pilot:
        person = Person(pilot)
        await pilot.app.push_screen(CodePage(TEXT))
        await person.wait_for("The code has the" if lines > 40 else "there is no room for more")
        found = await read_screen(person, tmp_path)
        assert TEXT.startswith(found)
        assert len(found) >= 70
        told = "The code has the whole text." if found == TEXT else f"the first {len(found)} of {len(TEXT)} characters"
        assert told in person.text


async def test_code_of_spaces_alone_is_read_back_too(rig: Rig, tmp_path: Path) -> None:
    async with Menu(rig.adapters, "tty1", SCREEN).run_test(size=(COLUMNS, 45)) as pilot:
        person = Person(pilot)
        await pilot.app.push_screen(CodePage("tag-missing: no such tag"))
        await person.wait_for("The code has the whole text.")
        await person.press("space")
        await person.wait_until(lambda: not any("█" in line for line in person.lines), "the code without blocks")
        drawn = "".join(line for line in person.lines[1:-2] if "whole text" not in line)
        assert not drawn.strip()
        assert await read_screen(person, tmp_path) == "tag-missing: no such tag"


async def test_console_without_room_for_spaces_says_so_and_draws_blocks_again(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.app.push_screen(CodePage(TEXT))
        await person.wait_for("there is no room for more")
        person.check_page()
        await person.press("space")
        await person.wait_for("This console has 24 lines; a code needs 32.")
        person.check_page()
        await person.press("space")
        await person.wait_for("there is no room for more")


async def test_code_grows_with_the_console(rig: Rig, tmp_path: Path) -> None:
    async with Menu(rig.adapters, "tty1", SCREEN).run_test(size=(COLUMNS, LINES)) as pilot:
        person = Person(pilot)
        await pilot.app.push_screen(CodePage(TEXT))
        await person.wait_for("there is no room for more")
        await pilot.resize_terminal(160, 60)
        await person.wait_for("The code has the whole text.")
        assert await read_screen(person, tmp_path) == TEXT
        await pilot.resize_terminal(20, 10)
        await person.wait_for("too small for the menu")
        await pilot.resize_terminal(COLUMNS, LINES)
        await person.wait_for("there is no room for more")


def test_words_in_any_script_are_cut_between_characters() -> None:
    code = make_code("ä€" * 200, 41)
    assert code is not None
    assert set(code.held) == {"ä", "€"}
    assert len(code.held.encode()) <= 78


@pytest.mark.parametrize("version", range(1, 21))
def test_code_is_as_large_as_there_is_room_and_filled_to_the_last_byte(version: int) -> None:
    side = 17 + 4 * version + 8
    code = make_code("x" * 1000, side + 3)
    assert code is not None
    assert len(code.modules) == len(code.modules[0]) == side
    # ISO/IEC 18004, table 7, level L, bytes
    room = [17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858]
    assert len(code.held) == room[version - 1]


def test_nothing_has_no_code() -> None:
    assert make_code("", 41) is None
    assert make_code("text", 28) is None
