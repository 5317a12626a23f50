"""How long the next kernel's command line gets, in words."""

from wyrcan_tui.flows.length import length_line
from wyrcan_tui.kernel.cmdline import LONGEST


def test_words_of_the_image_and_those_that_are_typed_are_told_apart() -> None:
    assert length_line(("ro", "quiet"), "console=ttyS0") == (
        "22 of the 2047 characters that a kernel takes: 8 of the image, 14 of yours."
    )


def test_image_whose_words_are_not_known_yet_adds_them_later() -> None:
    assert length_line(None, " quiet ") == (
        "5 of the 2047 characters that a kernel takes; the image's own words are added to them."
    )


def test_one_character_too_many_is_told() -> None:
    assert "more than" not in length_line((), "w" * LONGEST)
    assert length_line((), "w" * (LONGEST + 1)).startswith("2048 characters, 1 more than a kernel takes")
