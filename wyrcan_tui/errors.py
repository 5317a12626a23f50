"""The one shape of an error, from the lowest floor to the screen."""

from __future__ import annotations

from wyrcan_tui.texts import _


class WyrcanError(Exception):
    """What went wrong, in words for the person who must deal with it.

    Raised by every floor below the front ends; only a front end shows it. Foreign exceptions are
    translated into it once, at the edge where they appear.

    Attributes:
        code: a stable kebab-case name of the kind of failure (``digest-mismatch``), for scripts and tests.
        message: one sentence: what happened, to what.
        hint: one sentence: what to do about it; empty where nothing can be said.
        context: further facts by name (``{"expected": "sha256:..."}``), shown as details.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", **context: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = printable(message)
        self.hint = printable(hint)
        self.context = {name: printable(str(value)) for name, value in context.items()}

    def __str__(self) -> str:
        """The message and the hint in one line, as a log or a terminal shows them."""
        return f"{self.message} {self.hint}".rstrip()


def printable(text: str) -> str:
    """Return `text` with everything escaped that could play with the terminal which shows it; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def in_words(error: BaseException) -> WyrcanError:
    """Return what a front end shows for any exception; one that nobody translated is a bug of ours, in one sentence."""
    if isinstance(error, WyrcanError):
        return error
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else _("an unknown place")
    return WyrcanError(
        "unforeseen",
        _("Wyrcan has a bug: {kind}: {words} ({place}).").format(kind=type(error).__name__, words=error, place=place),
        hint=_("Nothing was changed. Please report it, with what you did."),
    )
