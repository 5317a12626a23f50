"""The font of the Linux console (console_ioctl(4), linux/kd.h)."""

from __future__ import annotations

import array
import fcntl
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SMALL: Final = b"\x36\x04"
_LARGE: Final = b"\x72\xb5\x4a\x86"
"""How font files begin: those of 8 columns (PSF 1), and those of any width (PSF 2)."""
_CELL_ROWS: Final = 32
"""Rows of pixels that the kernel takes for every character, whatever the font has."""

_FONT_OPERATION: Final = 0x4B72  # KDFONTOP
_SET_FONT: Final = 0  # KD_FONT_OP_SET
_GET_CHARACTERS: Final = 0x4B66  # GIO_UNIMAP
_SET_CHARACTERS: Final = 0x4B67  # PIO_UNIMAP
_CLEAR_CHARACTERS: Final = 0x4B68  # PIO_UNIMAPCLR
_MOST_CHARACTERS: Final = 0xFFFF

_HALVES: Final = {"▀": "¬", "▄": "¶"}
"""Blocks that codes for phones are drawn with and Debian's fonts lack, and the characters whose places they get."""
_FONTS: Final = {2560: "Terminus32x16.psf", 1280: "Terminus24x12.psf", 0: "Terminus16.psf"}
"""From how many pixels across a font is used: a line has 80 characters at least, and about 106 on most screens."""
_ROWS: Final = 24


@dataclass(frozen=True, slots=True)
class Font:
    """A font of the console.

    Attributes:
        width: columns of pixels that a character has.
        height: rows of pixels.
        glyphs: the pixels of all characters, one after the other; each row begins with a byte of its own.
        characters: which glyph shows a character.
    """

    width: int
    height: int
    glyphs: bytes
    characters: dict[str, int]

    @property
    def glyph_size(self) -> int:
        """Bytes that one glyph has."""
        return self.height * ((self.width + 7) // 8)

    def glyph(self, character: str) -> bytes:
        """Return the pixels of a character.

        Raises:
            KeyError: the font does not have it.
        """
        return self.glyphs[self.characters[character] * self.glyph_size :][: self.glyph_size]


def with_halves(font: Font) -> Font:
    """Return a font with the lower and the upper half of a character's cell in place of two that nobody writes."""
    stride = font.glyph_size // font.height
    row = ((1 << font.width) - 1 << stride * 8 - font.width).to_bytes(stride)
    upper, lower = row * (font.height // 2), bytes(font.glyph_size // 2)
    glyphs, characters = bytearray(font.glyphs), dict(font.characters)
    for half, pixels in zip(_HALVES, (upper + lower, lower + upper), strict=True):
        place = characters[_HALVES[half]]
        glyphs[place * font.glyph_size : (place + 1) * font.glyph_size] = pixels
        characters = {character: at for character, at in characters.items() if at != place} | {half: place}
    return Font(font.width, font.height, bytes(glyphs), characters)


def read_font(data: bytes) -> Font:
    """Return the font in a PSF file with a table of its characters (psf.h of kbd).

    Raises:
        ValueError: it is none.
    """
    if data.startswith(_SMALL):
        mode, size = data[2:4]
        count = 512 if mode & 1 else 256
        start, width, height = 4, 8, size
    elif data.startswith(_LARGE):
        start, _, count, size, height, width = struct.unpack_from("<6I", data, 8)
    else:
        raise ValueError("this is no console font")
    table = data[start + count * size :]
    if data.startswith(_SMALL):
        entries = table.decode("utf-16-le", "surrogatepass").split("\uffff")
        sequence = "\ufffe"
    else:
        entries = table.decode("utf-8", "surrogateescape").split("\udcff")
        sequence = "\udcfe"
    # Behind the single characters come sequences of several, which the console cannot show.
    characters = {
        character: place for place, entry in enumerate(entries[:count]) for character in entry.split(sequence)[0]
    }
    return Font(width, height, data[start : start + count * size], characters)


def font_for_screen(root: Path) -> Font | None:
    """Return the font that makes characters of a readable size on this screen; None where the system has none.

    A screen in text mode, as with BIOS, has no framebuffer: there the smallest fits.

    Raises:
        OSError: a font is there and cannot be read.
        ValueError: it is none.
    """
    try:
        size = (root / "sys/class/graphics/fb0/virtual_size").read_text()
    except OSError:
        size = "0,0"
    columns, rows = (int(number) for number in size.split(","))
    for least, name in _FONTS.items():
        file = root / "usr/share/consolefonts" / name
        if columns >= least and file.exists():
            font = with_halves(read_font(file.read_bytes()))
            if rows >= _ROWS * font.height or not least:
                return font
    return None


def set_font(console: int, font: Font) -> None:
    """Give a console, an open file, another font.

    Raises:
        OSError: it takes none, or not this one.
    """
    count = len(font.glyphs) // font.glyph_size
    rows = bytes(font.glyph_size // font.height * (_CELL_ROWS - font.height))
    cells = b"".join(
        font.glyphs[start : start + font.glyph_size] + rows for start in range(0, len(font.glyphs), font.glyph_size)
    )
    pixels = array.array("B", cells)
    fcntl.ioctl(
        console,
        _FONT_OPERATION,
        struct.pack("IIIIIP", _SET_FONT, 0, font.width, font.height, count, pixels.buffer_info()[0]),
    )
    pairs = array.array("H")
    for character, place in font.characters.items():
        pairs.extend((ord(character), place))
    fcntl.ioctl(console, _CLEAR_CHARACTERS, bytes(6))
    fcntl.ioctl(console, _SET_CHARACTERS, struct.pack("HP", len(font.characters), pairs.buffer_info()[0]))


def console_characters(console: int) -> frozenset[str]:
    """Return what the font of a console, an open file, can show.

    Raises:
        OSError: the file is no console.
    """
    pairs = array.array("H", bytes(4 * _MOST_CHARACTERS))
    asked = struct.pack("HP", _MOST_CHARACTERS, pairs.buffer_info()[0])
    (count,) = struct.unpack_from("H", fcntl.ioctl(console, _GET_CHARACTERS, asked))
    return frozenset(chr(code) for code in pairs[: 2 * count : 2])
