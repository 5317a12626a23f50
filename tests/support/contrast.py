"""How well colours can be told apart (WCAG 2.2, "contrast ratio" and "relative luminance")."""

from rich.color import Color, ColorType
from rich.style import Style

Rgb = tuple[int, int, int]
Palette = tuple[Rgb, ...]


def _palette(colours: str) -> Palette:
    return tuple((int(c[:2], 16), int(c[2:4], 16), int(c[4:], 16)) for c in colours.split())


LINUX = _palette(
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
)
"""The sixteen colours of the Linux console (drivers/tty/vt/vt.c)."""

XTERM = _palette(
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
"""The sixteen colours of xterm (XTerm-col.ad)."""


def colours(style: Style, palette: Palette) -> tuple[Rgb, Rgb]:
    """A text's colour as it is seen, and that behind it. Both terminals show the darker half brighter in bold."""
    text, behind = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    return _rgb(text, palette, bold=bool(style.bold)), _rgb(behind, palette)


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast between two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (c / 255 for c in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: Color | None, palette: Palette, *, bold: bool = False) -> Rgb:
    assert colour is not None, "the terminal's own colour could be any"
    assert colour.type is not ColorType.DEFAULT, "the terminal's own colour could be any"
    if colour.number is None:
        red, green, blue = colour.get_truecolor()
        return red, green, blue
    return palette[colour.number + 8 if bold and colour.number < 8 else colour.number]
