"""A picture of what a terminal shows, pixel by pixel, in the font of the console."""

import struct
import zlib

from tests.support.fonts import console_font
from tests.support.terminal import Terminal

COLOURS = {
    "black": (0, 0, 0),
    "red": (170, 0, 0),
    "green": (0, 170, 0),
    "brown": (170, 85, 0),
    "blue": (0, 0, 170),
    "magenta": (170, 0, 170),
    "cyan": (0, 170, 170),
    "white": (170, 170, 170),
    "brightblack": (85, 85, 85),
    "brightred": (255, 85, 85),
    "brightgreen": (85, 255, 85),
    "brightbrown": (255, 255, 85),
    "brightblue": (85, 85, 255),
    "brightmagenta": (255, 85, 255),
    "brightcyan": (85, 255, 255),
    "brightwhite": (255, 255, 255),
}
"""The colours of a PC (Linux, drivers/tty/vt/vt.c, default_red and so on), by the names that the terminal has."""
INK, PAPER = COLOURS["white"], COLOURS["black"]


def picture_of(terminal: Terminal) -> bytes:
    """What the terminal shows just now, as a PNG file."""
    font = console_font("16")
    stride = font.glyph_size // font.height
    rows: list[bytes] = []
    for line in terminal.cells:
        band = [bytearray() for _ in range(font.height)]
        for cell in line:
            ink, paper = _colour(cell.fg, INK), _colour(cell.bg, PAPER)
            if cell.reverse:
                ink, paper = paper, ink
            glyph = font.glyph(cell.data if cell.data in font.characters else "?")
            for row in range(font.height):
                pixels = int.from_bytes(glyph[row * stride : (row + 1) * stride]) >> (stride * 8 - font.width)
                for column in reversed(range(font.width)):
                    band[row] += bytes(ink if pixels >> column & 1 else paper)
        rows += map(bytes, band)
    return _png(rows)


def _colour(name: str, default: tuple[int, int, int]) -> tuple[int, int, int]:
    """The parts of a colour, which has a name or is six hexadecimal digits."""
    if name == "default":
        return default
    if name in COLOURS:
        return COLOURS[name]
    red, green, blue = bytes.fromhex(name)
    return red, green, blue


def _png(rows: list[bytes]) -> bytes:
    """A file with 8 bits for each of red, green and blue (PNG Specification, 3rd edition, 5.2, 11.2, 11.3)."""

    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    unfiltered = b"".join(b"\0" + row for row in rows)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
