"""How the menu looks on a terminal, by what that can do."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Static

from wyrcan_tui.host.terminal import Abilities, Colours
from wyrcan_tui.texts import _

COLUMNS: Final = 80
LINES: Final = 24
"""The size of the smallest terminal that everything fits on."""
WIDE: Final = 106
"""Columns from which on there is room for something beside a list: those of a screen of 1280 pixels in our font."""
WIDTHS: Final = [(0, "-too-narrow"), (COLUMNS, "-narrow"), (WIDE, "-wide")]
HEIGHTS: Final = [(0, "-too-low"), (LINES, "-low"), (43, "-tall")]
"""The classes of a page (menu.tcss), from how many columns and lines on it has them."""

_LINES: Final = frozenset("─│┌┐└┘═║╔╗╚╝")
_BLOCKS: Final = frozenset("▀▄█")
"""What a code for phones is drawn with: nothing can stand for it, and its page has another way to draw it."""
_PLAIN: Final = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2192\u2713\u2714", "-----''\"\"*>++"
)
"""Dashes, quotation marks, bullets, arrows and ticks, and what stands for them where they cannot be shown."""

# Each foreground has a contrast of 4.5 or more to its background (WCAG 2.2, 1.4.3), in the Linux console's palette and
# in xterm's; a terminal's own default colours could be anything. Only eight colours can be backgrounds everywhere.
_SIXTEEN: Final = Theme(
    name="wyrcan-sixteen",
    primary="ansi_cyan",
    foreground="ansi_white",
    background="ansi_black",
    surface="ansi_black",
    ansi=True,
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "page-background": "ansi_black",
        "page-text": "ansi_white",
        "title-background": "ansi_blue",
        "title-text": "ansi_bright_white",
        "bar-background": "ansi_cyan",
        "bar-text": "ansi_black",
        "field-text": "ansi_bright_white",
        "quiet-text": "ansi_cyan",
        "warning-text": "ansi_bright_yellow",
        "error-text": "ansi_bright_red",
        "line": "ansi_cyan",
        "line-focus": "ansi_bright_white",
        "cursor-background": "ansi_white",
        "cursor-text": "ansi_black",
    },
)
_MANY: Final = Theme(
    name="wyrcan-many",
    primary="#5fd7d7",
    foreground="#d8dcde",
    background="#14181b",
    surface="#14181b",
    variables={
        "page-background": "#14181b",
        "page-text": "#d8dcde",
        "title-background": "#1d4a7a",
        "title-text": "#ffffff",
        "bar-background": "#5fd7d7",
        "bar-text": "#0c1012",
        "field-text": "#ffffff",
        "quiet-text": "#6fb3bd",
        "warning-text": "#ffd75f",
        "error-text": "#ff8078",
        "line": "#6fb3bd",
        "line-focus": "#ffffff",
        "cursor-background": "#d8dcde",
        "cursor-text": "#0c1012",
    },
)


class Look:
    """The look of the menu on a terminal with these abilities.

    Attributes:
        theme: the colours.
        classes: what menu.tcss tells such terminals by: ``-plain`` has no lines.
        filters: what takes out of each line that is drawn what cannot be shown.
    """

    def __init__(self, abilities: Abilities) -> None:
        characters = abilities.characters
        self.theme = _MANY if abilities.colours is Colours.MANY else _SIXTEEN
        self.classes = [] if characters is None or characters >= _LINES else ["-plain"]
        self.filters: list[LineFilter] = []
        if abilities.colours is Colours.NONE:
            self.filters.append(_Reverse())
        if characters is not None:
            self.filters.append(_Shown(characters | _BLOCKS))


class TooSmall(Static):
    """What a page shows where it does not fit."""

    def on_hide(self) -> None:
        """Give the keys back to the page, which lost them when it was no longer seen."""
        if self.screen.focused is None:
            self.screen.focus_next(self.screen.AUTO_FOCUS or "*")

    def on_resize(self) -> None:
        """Say how much of the terminal is missing."""
        size = self.app.size
        self.update(
            _(
                "This terminal is too small for the menu: it has {columns} columns and {lines} lines, and 80 and 24 "
                "are needed. Make it larger, or its characters smaller."
            ).format(columns=size.width, lines=size.height)
        )


class _Reverse(LineFilter):
    """Takes the colours away, and shows in reverse what stands on another background than the page."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line without colours."""
        return [Segment(text, _without_colours(style) if style else None, control) for text, style, control in segments]


@lru_cache(256)
def _without_colours(style: Style) -> Style:
    behind = style.bgcolor
    # Black is the page's.
    stands_out = behind is not None and not behind.is_default and behind.number != 0
    return style + Style(color="default", bgcolor="default", reverse=stands_out or bool(style.reverse))


class _Shown(LineFilter):
    """Puts something in the place of characters that the terminal cannot show; each line stays as wide as it was."""

    def __init__(self, characters: frozenset[str]) -> None:
        super().__init__()
        self._table = _Substitutes(characters)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the line as the terminal can show it."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(self._table), *segment[1:])
            for segment in segments
        ]


class _Substitutes(dict[int, str]):
    """What stands for each character, found when it is seen for the first time."""

    def __init__(self, characters: frozenset[str]) -> None:
        super().__init__()
        self._characters = characters

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in self._characters:
            found = character
        else:
            # A letter without its accent is better than none.
            plain = chr(_PLAIN.get(code, ord(unicodedata.normalize("NFKD", character)[0])))
            width = cell_len(character)
            found = plain if plain in self._characters and width == 1 else "?" * width
        self[code] = found
        return found


class _Thumb(ScrollBarRender):
    """A scroll bar of whole cells without any character, which every terminal can show."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


ScrollBar.renderer = _Thumb
