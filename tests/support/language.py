"""A language that nobody speaks: whatever stays English in it is in no catalog."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.catalog import write_pseudo_language
from wyrcan_tui.texts import choose_language


@contextmanager
def nobody_s_language(folder: Path) -> Iterator[None]:
    """Have nobody's language spoken inside a ``with`` block, by a catalog in this folder."""
    write_pseudo_language(folder / "locale", "xx")
    choose_language("xx", folder / "locale")
    try:
        yield
    finally:
        choose_language("")


def check_text(text: str, known: Collection[str], *data: str) -> None:
    """Hold that no English is left in a text, besides these words that are known, and these pieces of data."""
    rest = text
    for piece in data:
        rest = rest.replace(piece, " ")
    words = set(re.findall(r"[A-Za-z]{2,}", rest))
    english = {word for word in words if word not in known and set(word.lower()) != {"q"}}
    assert not english, f"hard-wired: {sorted(english)}\n{text}"
