"""Which menu a console gets."""

import pytest

from wyrcan_tui.__main__ import is_plain


@pytest.mark.parametrize("kind", ["", "dumb", "unknown"])
def test_terminal_that_only_prints_gets_lines(kind: str) -> None:
    assert is_plain("", kind, asked=False)


@pytest.mark.parametrize("kind", ["xterm", "linux", "vt220"])
def test_terminal_that_moves_its_cursor_gets_the_menu_that_draws(kind: str) -> None:
    assert not is_plain("quiet", kind, asked=False)


def test_word_on_the_kernel_command_line_counts_more_than_the_terminal() -> None:
    assert is_plain("wyr.ui=plain", "xterm", asked=False)
    assert not is_plain("wyr.ui=menu", "dumb", asked=False)


def test_person_who_asks_for_lines_gets_them() -> None:
    assert is_plain("wyr.ui=menu", "xterm", asked=True)
