"""Reads the words off a photograph of a machine's screen.

The Linux console draws each character into a cell of 8 by 16 pixels, with a font that is built into the kernel; so the
kernel that draws tells what a cell shows.
"""

import struct
import sys
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor
else:
    from backports.zstd import ZstdDecompressor

WIDTH, HEIGHT = 8, 16

LETTER_A = bytes.fromhex("000010386cc6c6fec6c6c6c600000000")
"""Where the kernel has this, it has the font: 256 characters of 16 bytes, one byte for each line of pixels."""


class ScreenReader:
    """Knows the font of the given kernel, a bzImage that is compressed with zstd as Debian's are."""

    def __init__(self, kernel: Path) -> None:
        program = _unpacked(kernel.read_bytes())
        start = program.index(LETTER_A) - ord("A") * HEIGHT
        glyphs = {chr(code): program[start + code * HEIGHT :][:HEIGHT] for code in range(0x20, 0x7F)}
        self._characters = {int.from_bytes(glyph): character for character, glyph in glyphs.items()}

    def read(self, photograph: bytes) -> str:
        """The text on a photograph, a binary PPM file: a line for each row of cells, ``·`` for what is no ASCII."""
        _, size, _, pixels = photograph.split(b"\n", 3)
        columns, rows = (int(number) for number in size.split())
        lines = []
        for top in range(0, rows - HEIGHT + 1, HEIGHT):
            cells = (_cell(pixels, columns, left, top) for left in range(0, columns - WIDTH + 1, WIDTH))
            lines.append("".join(self._characters.get(cell, "·") for cell in cells).rstrip())
        return "\n".join(lines)


def _unpacked(kernel: bytes) -> bytes:
    """The program in a bzImage (Linux, Documentation/arch/x86/boot.rst: setup_sects, payload_offset and _length)."""
    setup_sectors = kernel[0x1F1]
    offset, length = struct.unpack_from("<II", kernel, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    return ZstdDecompressor().decompress(kernel[start : start + length])


def _cell(pixels: bytes, columns: int, left: int, top: int) -> int:
    """The pixels of a cell as a number: a bit is set where the colour is not that of the cell's first pixel."""
    number = 0
    background = None
    for y in range(top, top + HEIGHT):
        start = (y * columns + left) * 3
        for position in range(start, start + WIDTH * 3, 3):
            colour = pixels[position : position + 3]
            background = background or colour
            number = number << 1 | (colour != background)
    return number
