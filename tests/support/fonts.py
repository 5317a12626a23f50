"""The fonts of the screen as Debian has them, which is where the ISO gets them from (iso/fonts.sh)."""

import gzip
from pathlib import Path

from wyrcan_tui.host.font import Font, read_font, with_halves

SIZES = ("16", "24x12", "32x16")
_FOLDER = Path("/usr/share/consolefonts")


def font_file(size: str) -> bytes:
    """The file of the font of one of the `SIZES`."""
    return gzip.decompress((_FOLDER / f"Lat15-TerminusBold{size}.psf.gz").read_bytes())


def console_font(size: str) -> Font:
    """The font of one of the `SIZES` as the screen gets it."""
    return with_halves(read_font(font_file(size)))
