"""The font of the Linux console."""

from pathlib import Path

import pytest

from tests.support.fonts import SIZES, console_font, font_file
from wyrcan_tui.host.font import console_characters, font_for_screen, read_font, set_font


def screen(root: Path, columns: int, rows: int) -> None:
    """Give the machine a screen of so many pixels."""
    framebuffer = root / "sys/class/graphics/fb0"
    framebuffer.mkdir(parents=True)
    (framebuffer / "virtual_size").write_text(f"{columns},{rows}\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with our fonts, whose screen is in text mode."""
    folder = tmp_path / "usr/share/consolefonts"
    folder.mkdir(parents=True)
    for size in SIZES:
        (folder / f"Terminus{size}.psf").write_bytes(font_file(size))
    return tmp_path


@pytest.mark.parametrize(
    ("size", "width", "height", "stride"), [("16", 8, 16, 1), ("24x12", 12, 24, 2), ("32x16", 16, 32, 2)]
)
def test_fonts_of_both_formats_are_understood(size: str, width: int, height: int, stride: int) -> None:
    font = console_font(size)
    assert (font.width, font.height) == (width, height)
    assert len(font.glyphs) == 256 * height * stride
    assert len(font.characters) > 256
    assert max(font.characters.values()) == 255
    assert all(len(character) == 1 for character in font.characters)
    assert len(font.glyph("A")) == height * stride
    assert font.glyph(" ") == bytes(height * stride)
    assert font.characters["-"] == font.characters["\u2010"]
    assert font.glyph("█") != font.glyph("░")


def test_pixels_are_those_of_the_character() -> None:
    glyph = console_font("24x12").glyph("|")
    rows = [int.from_bytes(glyph[at : at + 2]) for at in range(0, len(glyph), 2)]
    inked = [row for row in rows if row]
    assert len(inked) > 12, "a bar is high"
    assert len(set(inked)) == 1, "and upright"
    assert inked[0].bit_count() == 2, "and as thick as bold ones are"


@pytest.mark.parametrize("size", SIZES)
def test_halves_of_a_block_make_a_whole_one_together(size: str) -> None:
    font = console_font(size)
    upper, lower = font.glyph("▀"), font.glyph("▄")
    assert bytes(a | b for a, b in zip(upper, lower, strict=True)) == font.glyph("█")
    assert not any(a & b for a, b in zip(upper, lower, strict=True))
    assert "¶" not in font.characters


def test_file_that_is_no_font_is_refused() -> None:
    with pytest.raises(ValueError, match="no console font"):
        read_font(b"\x1f\x8b")


@pytest.mark.parametrize(
    ("columns", "rows", "width"),
    [
        (640, 480, 8),
        (1024, 768, 8),
        (1280, 800, 12),
        (1920, 1080, 12),
        (2560, 1440, 16),
        (3840, 2160, 16),
        (1280, 400, 8),
    ],
)
def test_font_grows_with_the_screen_and_leaves_80_columns_and_24_rows(
    root: Path, columns: int, rows: int, width: int
) -> None:
    screen(root, columns, rows)
    font = font_for_screen(root)
    assert font
    assert font.width == width
    assert columns // font.width >= 80
    assert rows // font.height >= 24


def test_screen_in_text_mode_gets_what_its_hardware_can_show(root: Path) -> None:
    font = font_for_screen(root)
    assert font
    assert (font.width, font.height) == (8, 16)


def test_system_without_our_fonts_keeps_its_own(tmp_path: Path) -> None:
    screen(tmp_path, 1280, 800)
    assert font_for_screen(tmp_path) is None


def test_what_is_no_console_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        with pytest.raises(OSError, match="ioctl"):
            set_font(file.fileno(), console_font("16"))
        with pytest.raises(OSError, match="ioctl"):
            console_characters(file.fileno())
