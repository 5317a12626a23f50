"""Reads the words off a photograph of a machine's screen.

The Linux console draws each character into a cell of some pixels, all of one size: at first with a font that is built
into the kernel, and with one of ours as soon as the menu is there. Before that, the video card's own BIOS draws.
"""

import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from wyrcan_tui.host.font import Font

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor
else:
    from backports.zstd import ZstdDecompressor

ASCII = [chr(code) for code in range(0x20, 0x7F)]
LINES = "─│┌┐└┘═║╔╗╚╝"
"""What boxes are drawn with; the kernel's own font has it at other places."""

LETTER_A = bytes.fromhex("000010386cc6c6fec6c6c6c600000000")
"""Where a program has this, it has the font: 256 characters of 16 bytes, one byte for each line of pixels."""


@dataclass(frozen=True)
class Alphabet:
    """How characters look in cells of `width` by `height` pixels: a bit for each, set for its ink."""

    width: int
    height: int
    characters: dict[int, str]

    @classmethod
    def of_kernel(cls, kernel: Path) -> Self:
        """The font in a bzImage that is compressed with zstd as Debian's are."""
        return cls(8, 16, {int.from_bytes(glyph): character for character, glyph in _built_in(_unpacked(kernel))})

    @classmethod
    def of_video_bios(cls, rom: Path) -> Self:
        """The font of the text mode that a PC starts in, whose cells are a column wider than what is in them."""
        characters = {}
        for character, glyph in _built_in(rom.read_bytes()):
            ink = 0
            for line in glyph:
                ink = ink << 9 | line << 1
            characters[ink] = character
        return cls(9, 16, characters)

    @classmethod
    def of_font(cls, font: Font, width: int) -> Self:
        """A font of ours; in text mode a cell is a column wider than what is in it."""
        stride = font.glyph_size // font.height
        characters = {}
        for character in [*ASCII, *LINES]:
            glyph, ink = font.glyph(character), 0
            for row in range(0, len(glyph), stride):
                pixels = int.from_bytes(glyph[row : row + stride]) >> (stride * 8 - font.width)
                ink = ink << width | pixels << (width - font.width)
            characters[ink] = character
        return cls(width, font.height, characters)

    def read(self, photograph: bytes) -> str:
        """The text on a photograph: a line for each row of cells, ``·`` for what is not in the alphabet."""
        _, size, _, pixels = photograph.split(b"\n", 3)
        columns, rows = (int(number) for number in size.split())
        lines = []
        for top in range(0, rows - self.height + 1, self.height):
            cells = (self._cell(pixels, columns, left, top) for left in range(0, columns - self.width + 1, self.width))
            lines.append("".join(self.characters.get(cell, "·") for cell in cells).rstrip())
        return "\n".join(lines)

    def _cell(self, pixels: bytes, columns: int, left: int, top: int) -> int:
        """The pixels of a cell as a number: a bit is set where the colour is not that of the cell's first pixel."""
        number = 0
        background = None
        for y in range(top, top + self.height):
            start = (y * columns + left) * 3
            for position in range(start, start + self.width * 3, 3):
                colour = pixels[position : position + 3]
                background = background or colour
                number = number << 1 | (colour != background)
        return number


class ScreenReader:
    """Reads whatever is written in one of its alphabets."""

    def __init__(self, alphabets: Iterable[Alphabet]) -> None:
        self._alphabets = list(alphabets)

    def read(self, photograph: bytes) -> str:
        """The text on a photograph, a binary PPM file, by the alphabet that makes the most of it."""
        return min((alphabet.read(photograph) for alphabet in self._alphabets), key=_share_of_unread)


def _share_of_unread(text: str) -> float:
    return text.count("·") / max(1, len(text))


def _built_in(program: bytes) -> Iterable[tuple[str, bytes]]:
    """The characters of the font that is in a program."""
    start = program.index(LETTER_A) - ord("A") * len(LETTER_A)
    for character in ASCII:
        yield character, program[start + ord(character) * len(LETTER_A) :][: len(LETTER_A)]


def _unpacked(bzimage: Path) -> bytes:
    """The program in a bzImage (Linux, Documentation/arch/x86/boot.rst: setup_sects, payload_offset and _length)."""
    kernel = bzimage.read_bytes()
    setup_sectors = kernel[0x1F1]
    offset, length = struct.unpack_from("<II", kernel, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    return ZstdDecompressor().decompress(kernel[start : start + length])
