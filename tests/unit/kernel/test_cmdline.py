"""Command lines are split and joined as the kernel does it (lib/cmdline.c, ``next_arg``)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.cmdline import LONGEST, Word, join, parse, split


def next_arg(line: bytes) -> tuple[Word, bytes]:
    """The kernel's own function, line by line: the first word, and what follows it."""
    args = bytearray(line + b"\0")
    start = 0
    equals = 0
    in_quote = quoted = False
    if args[0:1] == b'"':
        start = 1
        in_quote = quoted = True
    i = 0
    while args[start + i]:
        character = args[start + i]
        if character in b" \t\n\v\f\r" and not in_quote:
            break
        if equals == 0 and character == ord("="):
            equals = i
        if character == ord('"'):
            in_quote = not in_quote
        i += 1
    end = start + i
    value_start = 0
    rest = bytes(args[end + 1 : -1]).lstrip(b" \t\n\v\f\r")
    args[end] = 0
    if equals:
        args[start + equals] = 0
        value_start = start + equals + 1
        if args[value_start] == ord('"'):
            value_start += 1
            if args[end - 1] == ord('"'):
                args[end - 1] = 0
    if quoted and i > 0 and args[end - 1] == ord('"'):
        args[end - 1] = 0

    def text(at: int) -> str:
        return bytes(args[at:]).split(b"\0", 1)[0].decode()

    return Word(text(start), text(value_start) if equals else None), rest


@given(st.text(alphabet='ab=" \t', max_size=24))
def test_words_are_the_kernel_s_own(line: str) -> None:
    expected = []
    rest = line.lstrip(" \t").encode()
    while rest:
        word, rest = next_arg(rest)
        expected.append(word)
    assert list(parse(line)) == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ()),
        ("  quiet \t ro\n", (Word("quiet"), Word("ro"))),
        ("a=1", (Word("a", "1"),)),
        ("a=", (Word("a", ""),)),
        ("a=b=c", (Word("a", "b=c"),)),
        ('a="b c"', (Word("a", "b c"),)),
        ('"a=b c"', (Word("a", "b c"),)),
        ('"a b"', (Word("a b"),)),
        ('a="b c" d', (Word("a", "b c"), Word("d"))),
        ('a=b" "c', (Word("a", 'b" "c'),)),
        ('a="b c', (Word("a", "b c"),)),
        ("=a", (Word("=a"),)),
        ("a\u00a0b\u3000c", (Word("a\u00a0b\u3000c"),)),
    ],
)
def test_double_quotes_group(line: str, words: tuple[Word, ...]) -> None:
    assert parse(line) == words


def test_splitting_keeps_the_quotes() -> None:
    assert split('a="b c"  "d e" f') == ('a="b c"', '"d e"', "f")


def test_joining_what_was_split_changes_nothing() -> None:
    line = 'quiet a="b c" "d e"'
    assert join(split(line)) == line


def test_arguments_of_several_words_are_joined_by_single_spaces() -> None:
    assert join([" a b ", "", "  ", 'c="d e"']) == 'a b c="d e"'


def test_line_that_the_kernel_would_cut_is_refused() -> None:
    assert len(join(["é" * (LONGEST // 2)])) == LONGEST // 2
    with pytest.raises(WyrcanError) as raised:
        join(["é" * (LONGEST // 2), "a"])
    assert raised.value.code == "cmdline-too-long"


@pytest.mark.parametrize("argument", ["a\nb", "a\0b", "a\tb", "a\x7fb", "\x1b[2J", "a\x1d"])
def test_control_characters_are_refused(argument: str) -> None:
    with pytest.raises(WyrcanError) as raised:
        join([argument])
    assert raised.value.code == "cmdline-invalid"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(WyrcanError) as raised:
        join(["a\udcff"])
    assert raised.value.code == "cmdline-invalid"
