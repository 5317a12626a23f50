"""The catalog of texts is what the code has, a translator can work with it, and errors speak by it."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.support.catalog import EXTRACT, TEMPLATE, extract
from tests.support.spoken import PACKAGE, Code


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


def test_errors_are_told_in_the_language_that_was_chosen() -> None:
    code = Code.of_package(leaving_out=())
    assert len(code.errors) > 100
    assert code.english() == []


@pytest.mark.parametrize(
    "source",
    [
        'raise WyrcanError("code", "It is broken.")',
        'raise WyrcanError("code", f"{what} is broken.")',
        'raise WyrcanError("code", message="It is broken.")',
        'raise WyrcanError("code", _("It is broken."), hint="Mend it.")',
        'raise WyrcanError("code", "It is {what}.".format(what=what))',
        'raise WyrcanError("code", _("It is {what}.").format(what="quite broken"))',
        'raise WyrcanError("code", _("It is {what}.").format(what=f"broken by {who}"))',
        'raise WyrcanError("code", "It is broken." if broken else _("It is well."))',
        'raise WyrcanError("code", _("It is broken.") + " Mend it.")',
        'message = "It is broken."\nraise WyrcanError("code", message)',
        'raise TheirError("code", "It is broken.")\nclass TheirError(WyrcanError): pass',
        'HINT = later("Mend it.")\nraise WyrcanError("code", _("It is broken."), hint=HINT)',
        'def broken(why):\n    return WyrcanError("code", _("It is broken: {why}.").format(why=why))\n'
        'raise broken("it fell down")',
        'def broken(code, *, hint):\n    return WyrcanError(code, _("It is broken."), hint=hint)\n'
        'raise broken("code", hint="Mend it.")',
        'def why():\n    return "it fell down"\nraise WyrcanError("code", _("{why}.").format(why=why()))',
    ],
)
def test_english_is_found_in_an_error(source: str) -> None:
    assert Code({"module": ast.parse(source)}).english()


@pytest.mark.parametrize(
    "source",
    [
        'raise WyrcanError("code", _("It is broken."))',
        'raise WyrcanError("code", _("{what} is broken.").format(what=f"{host}:{port}"), url="a b")',
        'raise WyrcanError("code", ngettext("One.", "{number}.", number).format(number=number), hint="")',
        'HINT = later("Mend it.")\nraise WyrcanError("code", error.message, hint=_(HINT))',
        'def broken(why):\n    return WyrcanError("code", _("It is broken: {why}.").format(why=why))\n'
        'raise broken(_("it fell down"))',
        'raise WyrcanError("code", _("A file: {name}.").format(name=name.decode(errors="replace")))',
        'raise OSError("This is for nobody.")',
    ],
)
def test_error_that_speaks_by_the_catalog_is_let_through(source: str) -> None:
    assert Code({"module": ast.parse(source)}).english() == []


def test_name_of_the_texts_function_is_given_to_nothing_else() -> None:
    for path in PACKAGE.rglob("*.py"):
        names = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)]
        calls = any(isinstance(name.ctx, ast.Load) and name.id == "_" for name in names)
        taken = [name.lineno for name in names if isinstance(name.ctx, ast.Store) and name.id == "_"]
        assert not (calls and taken), f"{path}: _ is something else in line {taken}"
