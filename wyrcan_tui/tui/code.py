"""A text as a QR code (ISO/IEC 18004), for whoever has a phone and no cable to this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, cast

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text

_QUIET: Final = 4
"""Light modules that must be around a code (ISO/IEC 18004, 5.3.8)."""
_SMALLEST: Final = 21
_GROWTH: Final = 4
"""Modules along a side of version 1, and how many more each version has."""
_LARGEST_VERSION: Final = 20
"""Of 40: phones read finer ones off a screen with pains, and this holds what tells most."""
_INK: Final = Style.parse("white on black")
"""Light is what is drawn: a console is dark, and a code must not be."""
_HALVES: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
"""Characters that every console font has (code page 437), by whether their upper and their lower half are light."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code: its modules row by row, the quiet zone included, True where dark; and how much of the text is in it."""

    modules: tuple[tuple[bool, ...], ...]
    held: str


def make_code(content: str, side: int) -> Code | None:
    """Return the smallest code for a text, or for as much of its beginning as a code of `side` modules holds.

    None where not even the smallest code has room. What room is left in it goes into correcting errors. It takes tenths
    of a second.
    """
    # Imported here: that takes as long as a fifth of the whole menu, and most people never need it.
    import segno  # noqa: PLC0415
    from segno import consts  # noqa: PLC0415

    version = min(_LARGEST_VERSION, (side - 2 * _QUIET - _SMALLEST) // _GROWTH + 1)
    if version < 1 or not content:
        return None
    # In front of the bytes stand the mode, of 4 bits, and their number (ISO/IEC 18004, 7.4.1, table 3).
    head = 4 + (8 if version < 10 else 16)
    bits = cast("Mapping[int, int]", consts.SYMBOL_CAPACITY[version])
    room = (bits[consts.ERROR_LEVEL_L] - head) // 8
    held = content.encode()[:room].decode(errors="ignore")
    code = segno.make_qr(held, error="l", mode="byte", encoding="utf-8", boost_error=True)
    return Code(tuple(tuple(map(bool, row)) for row in code.matrix_iter(border=_QUIET)), held)


def in_halves(code: Code) -> Text:
    """Return a drawing with two modules in each character, one above the other: square, where characters are tall."""
    rows = [*code.modules, *([()] if len(code.modules) % 2 else [])]
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        below = lower or (True,) * len(upper)
        lines.append("".join(_HALVES[not up, not down] for up, down in zip(upper, below, strict=True)))
    return Text("\n".join(lines), _INK)


def in_spaces(code: Code) -> Text:
    """Return a drawing of spaces alone, two for each module, the light ones in reverse video: for any terminal."""
    drawing = Text(style=_INK)
    for number, row in enumerate(code.modules):
        drawing.append("\n" if number else "")
        for module in row:
            drawing.append("  ", None if module else Style(reverse=True))
    return drawing


class CodePage(Page):
    """Shows a text as a code, as large a part of it as this console has room for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "redraw", "Draw it otherwise")]

    keys = later("Space draw it with spaces only   Esc back")
    help = later(
        "Point a phone's camera at the code: it reads the text that is written below it in part or in full. A console "
        "with more lines shows a larger code, which holds more of the text.\n\n"
        "Where the code is drawn with other characters than blocks, this console lacks them: press Space, and it is "
        "drawn with spaces, light and dark. That needs twice as many lines."
    )
    help_keys = ((later("Space"), later("draw the code with spaces only, or with blocks again")),)
    remembered = False

    def __init__(self, content: str) -> None:
        super().__init__()
        self._content = content
        self._spaces = False
        self._wanted: tuple[int, bool] = (0, False)

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("QR code of the details")

    def body(self) -> list[Widget]:
        """The code, and how much of the text is in it."""
        return [Static(id="code", markup=False), text(name="held", kind="step")]

    def on_resize(self, event: events.Resize) -> None:
        """Draw the code as large as there is room now."""
        self._draw()

    def action_redraw(self) -> None:
        """Change how it is drawn."""
        self._spaces = not self._spaces
        self._draw()

    def _draw(self) -> None:
        # Besides the code there are the title, the sentence below it, and the keys.
        width, height = self.size.width, self.size.height - 3
        side = min(width // 2, height) if self._spaces else min(width, height * 2)
        wanted = self._wanted = (side, self._spaces)

        def show(code: Code | None) -> None:
            # Meanwhile the console may have changed again.
            if wanted == self._wanted:
                self._show(code)

        self.work_on(lambda: make_code(self._content, side), show)

    def _show(self, code: Code | None) -> None:
        picture = self.query_one("#code", Static)
        if code is None:
            picture.update("")
            least = _SMALLEST + 2 * _QUIET
            lines = (least if self._spaces else (least + 1) // 2) + 3
            said = _("This console has {height} lines; a code needs {lines}.")
            self.put("held", said.format(height=self.size.height, lines=lines))
            return
        picture.update(in_spaces(code) if self._spaces else in_halves(code))
        held, whole = len(code.held), len(self._content)
        if held == whole:
            self.put("held", _("The code has the whole text."))
        else:
            said = _("The code has the first {held} of {whole} characters: there is no room for more.")
            self.put("held", said.format(held=held, whole=whole))
