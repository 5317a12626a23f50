"""A person at the menu, who sees what is drawn and presses keys."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol, cast

from rich.cells import cell_len
from rich.color import ColorType
from rich.style import Style
from textual.containers import VerticalScroll
from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from tests.support.contrast import LINUX, XTERM, Palette, colours, contrast
from tests.support.fonts import console_font
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.terminal import Abilities, Colours
from wyrcan_tui.tui.app import UNDECIDED, Menu

COLUMNS, LINES = 80, 24
PATIENCE = 20.0
SCREEN = Abilities(Colours.SIXTEEN, None)
"""The Linux console, but for that nothing is replaced that its font lacks: pages must not need that."""
LEAST_CONTRAST = 4.5
"""What WCAG 2.2 asks for text (1.4.3, level AA)."""
CONSOLE_COLOURS = {ColorType.DEFAULT, ColorType.STANDARD}


class WithMenu(Protocol):
    """A machine that has a menu: a `Rig`, for one."""

    @property
    def adapters(self) -> Adapters:
        """What the menu works on."""
        ...


class Person:
    """Somebody at one console."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self._pilot = pilot

    @property
    def app(self) -> Menu:
        """The menu that is sat at."""
        return cast("Menu", self._pilot.app)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        return ["".join(text for text, _ in line) for line in self.pieces]

    @property
    def pieces(self) -> list[list[tuple[str, Style]]]:
        """What is on the screen, line by line, in pieces of one style."""
        strips = self._pilot.app.screen._compositor.render_strips()
        return [[(segment.text, segment.style or Style()) for segment in strip] for strip in strips]

    def lines_that(self, looks: Callable[[Style], bool | None]) -> list[str]:
        """The text that looks so, line by line, without the lines where none does."""
        found = ("".join(text for text, style in line if looks(style)).strip() for line in self.pieces)
        return list(filter(None, found))

    @property
    def text(self) -> str:
        """What is on the screen, with single spaces where lines are wrapped."""
        return " ".join(" ".join(self.lines).split())

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        # A page that has just come has no lines yet.
        return "".join(self.lines[:1]).removeprefix(" Wyrcan  ").rstrip()

    @property
    def options(self) -> list[str]:
        """The texts of the list on this page; none where there is no list."""
        lists = self._pilot.app.screen.query(OptionList)
        return [str(option.prompt) for option in lists.first().options] if lists else []

    @property
    def selected(self) -> str:
        """The text that Enter would choose."""
        highlighted = self._pilot.app.screen.query_one(OptionList).highlighted
        assert highlighted is not None, "nothing is selected"
        return self.options[highlighted]

    @property
    def where_keys_go(self) -> str:
        """The kind of the widget that gets the keys; empty where none does."""
        focused = self._pilot.app.focused
        return next((kind.__name__ for kind in (OptionList, Input, VerticalScroll) if isinstance(focused, kind)), "")

    async def wait_until(self, has_come: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not has_come():
            if time.monotonic() > deadline:
                raise AssertionError("\n".join([f"{what} never came; this is on the screen:", *self.lines]))
            await self._pilot.pause(0.01)

    async def wait_for(self, *words: str) -> None:
        """Wait until all the words are on the screen."""
        await self.wait_until(lambda: all(word in self.text for word in words), " and ".join(map(repr, words)))

    async def wait_for_decision(self) -> None:
        """Wait until the menu has found out what the machine was told: pages that are opened before do without."""
        await self.wait_until(lambda: self.app.decision is not UNDECIDED, "what the machine was told")

    async def wait_for_page(self, heading: str) -> None:
        """Wait until the page with this heading is on the screen."""
        await self.wait_until(lambda: self.heading == heading, f"the page {heading!r}")

    async def press(self, *keys: str) -> None:
        """Press keys, by Textual's names for them."""
        await self._pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self._pilot.press(*text)

    def echo(self, text: str) -> None:
        """Send back what the menu has drawn, all at once, as a line does that leads to another machine's login."""
        for character in text:
            self._pilot.app.post_message(Key(character, character))

    async def enlarge(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        await self._pilot.resize_terminal(columns, lines)
        await self._pilot.pause()

    async def paste(self, text: str) -> None:
        """Put a text in, all at once."""
        self._pilot.app.screen.query_one(Input).insert_text_at_cursor(text)
        await self._pilot.pause()

    async def select(self, entry: str) -> None:
        """Wait for an entry of the list that can be chosen by now, and move the bar to it."""
        await self.wait_until(lambda: any(entry in option for option in self.options), f"the entry {entry!r}")
        choices = self._pilot.app.screen.query_one(OptionList)
        await self.wait_until(lambda: not choices.disabled, f"the use of {entry!r}")
        while entry not in self.selected:
            before = self.selected
            await self.press("down")
            assert self.selected != before, f"the bar never comes to {entry!r}"

    async def choose(self, entry: str) -> None:
        """Select an entry and press Enter."""
        await self.select(entry)
        await self.press("enter")

    async def click(self, words: str) -> None:
        """Click on the beginning of these words."""
        await self.wait_for(words)
        row, line = next((row, line) for row, line in enumerate(self.lines) if words in line)
        await self._pilot.click(offset=(line.index(words), row))

    def faint_text(self, palette: Palette) -> list[str]:
        """The text that does not stand out enough from what is behind it, in the colours of this palette."""
        return [
            text
            for line in self.pieces
            for text, style in line
            if text.strip() and (style.dim or contrast(*colours(style, palette)) < LEAST_CONTRAST)
        ]

    def check_page(self) -> None:
        """Hold that this page can be read and used on the smallest and plainest of consoles."""
        screen = self._pilot.app.screen
        lines = self.lines
        width, height = self._pilot.app.size
        assert [cell_len(line) for line in lines] == [width] * height
        assert lines[0].startswith(" Wyrcan  ")
        assert lines[-1].strip(), "the line of keys is not there"
        strange = {character for line in lines for character in line} - console_font("16").characters.keys()
        assert not strange, f"the font of the screen lacks the characters {strange}"
        for line in self.pieces:
            for _, style in line:
                for colour in (style.color, style.bgcolor):
                    assert colour is None or colour.type in CONSOLE_COLOURS, f"no console has the colour {colour}"
        assert not [*self.faint_text(LINUX), *self.faint_text(XTERM)], "this cannot be read"
        choices = screen.query(OptionList)
        if choices:
            shown = choices.first().region
            assert shown.height > 0
            assert shown.bottom < height, "the list goes on below the screen"
            # A long entry is wrapped, so its beginning stands for it.
            seen = "\n".join(lines[shown.y : shown.bottom])
            assert self.selected[:20] in seen, f"the selected entry {self.selected!r} is not seen"

    async def check_that_nothing_is_cut_off(self) -> None:
        """Hold that all that this page has is on the screen, or in a box that can be scrolled, once it is laid out."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._check_that_nothing_is_cut_off()
            except AssertionError:
                # A text that has just come is on the screen before it has got its room.
                if time.monotonic() > deadline:
                    raise
                await self._pilot.pause(0.01)

    def _check_that_nothing_is_cut_off(self) -> None:
        screen = self._pilot.app.screen
        body = screen.query_one("#body").region
        for widget in screen.query("#body *"):
            if not isinstance(widget, Static | OptionList | Input | VerticalScroll):
                continue
            around = [node for node in widget.ancestors if isinstance(node, Widget)]
            if not all(node.display for node in (widget, *around)) or any(
                isinstance(node, VerticalScroll) for node in around
            ):
                continue
            assert body.contains_region(widget.region), (
                f"{widget!r} is not wholly on the screen: {widget.region} in {body}"
            )
            if isinstance(widget, Static):
                needed = widget.get_content_height(widget.size, screen.size, widget.content_size.width)
                assert needed <= widget.content_size.height, f"{widget!r} has {needed} lines: {widget.content}"
            elif isinstance(widget, OptionList) and widget.styles.text_wrap == "nowrap":
                room = widget.scrollable_content_region.width
                longest = max((cell_len(option) for option in self.options), default=0)
                assert longest <= room, f"an entry has {longest} columns, and there are {room}"
        title = screen.query_one("#title", Static)
        assert cell_len(str(title.content)) <= title.content_size.width, "the title is cut off"


@asynccontextmanager
async def somebody_at(
    machine: WithMenu, tty: str = "tty1", *, abilities: Abilities = SCREEN, size: tuple[int, int] = (COLUMNS, LINES)
) -> AsyncIterator[Person]:
    """Have a person at a console of the machine; its menu has found out what the machine was told."""
    menu = Menu(machine.adapters, tty, abilities)
    async with menu.run_test(size=size) as pilot:
        person = Person(pilot)
        await person.wait_for_decision()
        await pilot.pause()
        yield person
