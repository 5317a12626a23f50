"""Kernel command lines: splitting and joining them as the kernel does (lib/cmdline.c, ``next_arg``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_SPACE: Final = " \t\n\v\f\r"
LONGEST: Final = 2047
"""Bytes of the longest command line that x86 and arm64 take (COMMAND_LINE_SIZE less the final NUL)."""


@dataclass(frozen=True, slots=True)
class Word:
    """One parameter: its key, and its value without the quotes around it (None where there is no ``=``)."""

    key: str
    value: str | None = None


def parse(line: str) -> tuple[Word, ...]:
    """Split a command line into its parameters; white space inside double quotes does not split."""
    return tuple(_word(word) for word in split(line))


def split(line: str) -> tuple[str, ...]:
    """Split a command line at the white space outside double quotes; the quotes stay in the words."""
    words: list[str] = []
    word = ""
    quoted = False
    for character in line:
        if character in _SPACE and not quoted:
            if word:
                words.append(word)
            word = ""
            continue
        if character == '"':
            quoted = not quoted
        word += character
    if word:
        words.append(word)
    return tuple(words)


def join(arguments: Iterable[str]) -> str:
    """Join arguments, each of one or more words, into a command line for the next kernel.

    Raises:
        WyrcanError: ``cmdline-too-long`` above `LONGEST` bytes, ``cmdline-invalid`` where an argument has a
            line break or another control character, which no kernel takes, or is no text.
    """
    line = _line(arguments)
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in line):
        raise WyrcanError(
            "cmdline-invalid",
            _("The kernel command line has a control character in it."),
            hint=_("Look for tabs and line breaks inside double quotes; nothing but spaces may be there."),
        )
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise WyrcanError(
            "cmdline-invalid",
            _("The kernel command line has bytes in it that are no text."),
            hint=_("Write it in UTF-8."),
        ) from error
    if (length := length_of([line])) > LONGEST:
        raise WyrcanError(
            "cmdline-too-long",
            _("The kernel command line has {length} bytes; the kernel takes {longest}.").format(
                length=length, longest=LONGEST
            ),
            hint=_("Use fewer or shorter kernel words."),
        )
    return line


def length_of(arguments: Iterable[str]) -> int:
    """Return how many of the `LONGEST` bytes arguments would take, joined as `join` does."""
    return len(_line(arguments).encode(errors="surrogatepass"))


def _line(arguments: Iterable[str]) -> str:
    return " ".join(filter(None, (argument.strip(_SPACE) for argument in arguments)))


def _word(text: str) -> Word:
    quoted = text.startswith('"')
    text = text.removeprefix('"')
    # The kernel takes no word for a parameter without a name: an equals sign in front belongs to the key.
    equals = text.find("=", 1)
    # Of the quotes at the end it drops one, wherever the quotes began.
    if text.endswith('"') and (quoted or (equals > 0 and text[equals + 1] == '"')):
        text = text[:-1]
    if equals < 0:
        return Word(text)
    return Word(text[:equals], text[equals + 1 :].removeprefix('"'))
