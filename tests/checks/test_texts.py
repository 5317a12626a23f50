"""The catalog of texts is what the code has, and a translator can work with it."""

import re
import string
from pathlib import Path

from babel.messages.pofile import read_po

from tests.support.catalog import EXTRACT, TEMPLATE, extract


def test_catalog_is_what_the_code_has(tmp_path: Path) -> None:
    fresh = tmp_path / "wyrcan.pot"
    extract(fresh)
    again = EXTRACT.format(output="wyrcan_tui/locale/wyrcan.pot")
    assert fresh.read_text() == TEMPLATE.read_text(), f"the catalog is out of date; run: build/venv/bin/{again}"


def test_placeholders_have_names_so_that_a_translation_may_order_them() -> None:
    with TEMPLATE.open("rb") as file:
        texts = [
            text for message in read_po(file) for text in ([message.id] if isinstance(message.id, str) else message.id)
        ]
    assert len(texts) > 100
    for text in texts:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in names), text
        assert not re.search(r"%[sd(]", text), text
